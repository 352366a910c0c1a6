using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Tests.Audio;

public class PcmTests
{
    private static readonly Pcm Stereo = new(48000, 2);

    [Theory]
    [InlineData(8000)]
    [InlineData(44100)]
    [InlineData(48000)]
    [InlineData(192000)]
    public void A_sample_finds_its_time_and_back_even_after_a_year(int rate)
    {
        var format = new Pcm(rate, 1);
        foreach (var sample in new[] { 0L, 1, 441, 1023, rate * 3600L + 7, rate * 86400L * 365 + 1 })
            Assert.Equal(sample, format.ToSamples(format.ToTime(sample)));
    }

    [Theory]
    [InlineData(1024, 1025)]
    [InlineData(1024, 1023)]
    [InlineData(1114, 1115)]
    public void Stretching_keeps_level_and_phase_of_a_sine(int from, int to)
    {
        var source = new short[from * 2];
        for (var i = 0; i < from; i++)
            (source[2 * i], source[2 * i + 1]) = (Sine(i, 1000), Sine(i, 300));
        var target = new short[to * 2];
        Stereo.Stretch(source, target);
        // Where the last sample's neighbour lies in the next frame it is not known.
        for (var i = 0; i < to - 2; i++)
        {
            var at = (double)i * from / to;
            Assert.InRange(target[2 * i] - 16000 * Math.Sin(2 * Math.PI * 1000 * at / 48000), -8, 8);
            Assert.InRange(target[2 * i + 1] - 16000 * Math.Sin(2 * Math.PI * 300 * at / 48000), -8, 8);
        }
    }

    [Fact]
    public void Stretching_to_the_same_length_copies()
    {
        short[] source = [1, -2, 3, -4, short.MaxValue, short.MinValue];
        var target = new short[6];
        Stereo.Stretch(source, target);
        Assert.Equal(source, target);
    }

    [Fact]
    public void A_stretch_clips_instead_of_wrapping()
    {
        var source = new short[64];
        for (var i = 0; i < 64; i++)
            source[i] = i / 4 % 2 == 0 ? short.MaxValue : short.MinValue;
        var target = new short[66];
        Stereo.Stretch(source, target);
        for (var i = 0; i < 33; i++)
        {
            var at = i * 32.0 / 33;
            if (at - Math.Floor(at) is > 0.4 and < 0.6)
                continue;
            Assert.Equal(Math.Sign((int)source[(int)Math.Round(at) * 2]), Math.Sign((int)target[2 * i]));
        }
    }

    [Fact]
    public void A_crossfade_of_unrelated_sounds_keeps_the_power()
    {
        var random = new Random(1);
        const int length = 4800;
        double power = 0, reference = 0;
        for (var run = 0; run < 20; run++)
        {
            var incoming = Noise(random, length * 2);
            var outgoing = Noise(random, length * 2);
            reference += incoming.Sum(s => (double)s * s);
            Stereo.Crossfade(incoming, outgoing, 0, length);
            power += incoming.Sum(s => (double)s * s);
        }
        Assert.InRange(10 * Math.Log10(power / reference), -0.1, 0.1);
    }

    [Fact]
    public void A_crossfade_done_in_pieces_is_the_same()
    {
        var random = new Random(2);
        var outgoing = Noise(random, 192 * 2);
        var whole = Noise(random, 192 * 2);
        var pieces = whole.ToArray();
        Stereo.Crossfade(whole, outgoing, 0, 192);
        Stereo.Crossfade(pieces.AsSpan(0, 100), outgoing.AsSpan(0, 100), 0, 192);
        Stereo.Crossfade(pieces.AsSpan(100), outgoing.AsSpan(100), 50, 192);
        Assert.Equal(whole, pieces);
        // It begins as the old sound and ends as the new one.
        Assert.InRange(Math.Abs(whole[0] - outgoing[0]), 0, 300);
    }

    [Fact]
    public void A_track_gives_what_was_written_and_silence_where_nothing_was()
    {
        var track = new PcmTrack(Stereo);
        track.Write(10, [1, 2, 3, 4]);
        track.Write(14, [5, 6, 7, 8]);
        Assert.Equal(16, track.End);
        var read = new short[18];
        track.Read(9, read);
        Assert.Equal(new short[] { 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0 }, read);
        track.Trim(11);
        track.Read(9, read);
        Assert.Equal(1, read[2]);
        track.Trim(12);
        track.Read(9, read);
        Assert.Equal(new short[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0 }, read);
    }

    [Fact]
    public void A_track_takes_back_and_takes_what_comes_later_for_earlier()
    {
        var track = new PcmTrack(Stereo);
        track.Write(10, [1, 2]);
        track.Write(12, [9, 9]);
        track.TakeBack(12);
        Assert.Equal(12, track.End);
        track.Write(12, [5, 6]);
        track.Write(11, [3, 4]);
        Assert.Equal(13, track.End);
        Assert.Equal(3, track.Extent(10, 100));
        var read = new short[6];
        track.Read(10, read);
        Assert.Equal(new short[] { 1, 2, 3, 4, 5, 6 }, read);
    }

    private static short Sine(int sample, double hertz) => (short)Math.Round(16000 * Math.Sin(2 * Math.PI * hertz * sample / 48000));

    private static short[] Noise(Random random, int count)
    {
        var noise = new short[count];
        for (var i = 0; i < count; i++)
            noise[i] = (short)random.Next(-8000, 8000);
        return noise;
    }
}
