using System.Runtime.InteropServices;
using Dubbing.Elements.Audio;
using Dubbing.Testing;
using Dubbing.Testing.Measure;

namespace Dubbing.Elements.Tests.Audio;

public class OriginalDecoderTests
{
    private static readonly Pcm Format = new(48000, 2);

    [Theory]
    [InlineData(48000, 2)]
    [InlineData(44100, 1)]
    public void Frames_decode_to_what_ffmpeg_decodes_them_to(int rate, int channels)
    {
        var file = M4aFile.Make(rate, channels, 200);
        var ours = Decode(file, length => length);
        var theirs = Reference(file);
        Assert.InRange(ours.Length - theirs.Length, -3000, 3000);
        if (rate != Format.Rate)
        {
            // Two resamplers differ near the upper limit of hearing: compare what lies well below.
            (ours, theirs) = (LowPass(ours), LowPass(theirs));
        }
        var correlation = Correlation(ours, theirs, 0);
        Assert.True(correlation > 0.9999, $"correlation {correlation} (lag −1: {Correlation(ours, theirs, -1)}, +1: {Correlation(ours, theirs, 1)})");
        // A lag would be seen: noise does not look like itself one sample later.
        Assert.True(correlation > Correlation(ours, theirs, 1) && correlation > Correlation(ours, theirs, -1));
        if (rate == Format.Rate)
        {
            var worst = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Take(190 * 1024).Max();
            Assert.InRange(worst, 0, 3);
        }
    }

    [Fact]
    public void Every_frame_comes_out_where_it_belongs_and_as_long_as_it_was_placed()
    {
        var file = M4aFile.Make(48000, 2, 100);
        var places = new List<(long Position, int Length)>();
        Run(file, (i, natural) => new FramePlacement(1000 + i * 1025L, 1025, natural, 0), (position, samples) => places.Add((position, samples.Length)));
        Assert.Equal(Enumerable.Range(0, file.Frames.Count).Select(i => (1000 + i * 1025L, 1025 * 2)), places);
    }

    [Fact]
    public void A_broken_frame_does_not_move_those_after_it()
    {
        var file = M4aFile.Make(48000, 2, 100);
        var whole = Decode(file, length => length);
        var broken = Decode(file, length => length, i => i == 40 ? [0xff, 0xff, 0xff, 0xff] : file.Frames[i].Data);
        Assert.Equal(whole.Length, broken.Length);
        var from = 45 * 1024 * 2;
        Assert.True(Correlation(whole.AsSpan(from), broken.AsSpan(from), 0) > 0.9999);
    }

    [Fact]
    public async Task A_decoder_that_gives_up_says_so()
    {
        TestPipeline.EnsureElements();
        var file = M4aFile.Make(48000, 2, 5);
        using var good = new OriginalDecoder(Mp4Audio.Parse(file.Image), Format, (_, _) => { });
        using var broken = new OriginalDecoder(Mp4Audio.Parse(file.Image) with { Config = [0xff, 0xff] }, Format, (_, _) => { });
        good.Push(file.Frames[0].Data, new FramePlacement(0, 1024, 1024, 0));
        broken.Push(file.Frames[0].Data, new FramePlacement(0, 1024, 1024, 0));
        await Poll.Until(broken.HasFailed, TimeSpan.FromSeconds(20), () => "no error");
        Assert.True(broken.HasFailed());
        Assert.False(good.HasFailed());
    }

    [Fact]
    public void Disposing_in_the_middle_returns_at_once()
    {
        TestPipeline.EnsureElements();
        var file = M4aFile.Make(48000, 2, 20);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 5; i++)
        {
            using var decoder = new OriginalDecoder(Mp4Audio.Parse(file.Image), Format, (_, _) => { });
            decoder.Push(file.Frames[0].Data, new FramePlacement(0, 1024, 1024, 0));
        }
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static short[] Decode(M4aFile file, Func<int, int> length, Func<int, byte[]>? frame = null)
    {
        var result = new List<short>();
        long next = 0;
        Run(file, (_, natural) =>
        {
            var placement = new FramePlacement(next, length(natural), natural, 0);
            next += placement.Length;
            return placement;
        }, (position, samples) =>
        {
            Assert.Equal(result.Count / 2, position);
            result.AddRange(samples);
        }, frame);
        return [.. result];
    }

    private static void Run(M4aFile file, Func<int, int, FramePlacement> place, Action<long, short[]> onPcm, Func<int, byte[]>? frame = null)
    {
        TestPipeline.EnsureElements();
        var audio = Mp4Audio.Parse(file.Image);
        using var all = new CountdownEvent(file.Frames.Count);
        Exception? fault = null;
        using var decoder = new OriginalDecoder(audio, Format, (position, samples) =>
        {
            try
            {
                onPcm(position, samples);
            }
            catch (Exception e)
            {
                fault = e;
            }
            all.Signal();
        });
        for (var i = 0; i < file.Frames.Count; i++)
        {
            long Scaled(long frames) => (frames * 1024 * Format.Rate * 2 + audio.SampleRate) / (2L * audio.SampleRate);
            decoder.Push(frame?.Invoke(i) ?? file.Frames[i].Data, place(i, (int)(Scaled(i + 1) - Scaled(i))));
        }
        decoder.Drain();
        Assert.True(all.Wait(TimeSpan.FromSeconds(20)), $"{all.CurrentCount} of {file.Frames.Count} frames did not come out");
        Assert.Null(fault);
    }

    private static short[] Reference(M4aFile file)
    {
        var (output, failure) = MediaTool.Ffmpeg(["-f", "aac", "-i", "pipe:0", "-ac", "2", "-ar", "48000", "-f", "s16le", "pipe:1"], file.Adts);
        Assert.Null(failure);
        return MemoryMarshal.Cast<byte, short>(output).ToArray();
    }

    private static short[] LowPass(short[] samples)
    {
        var result = new short[samples.Length];
        for (var i = 32; i < samples.Length; i++)
        {
            var sum = 0;
            for (var tap = 0; tap < 16; tap++)
                sum += samples[i - 2 * tap];
            result[i] = (short)(sum / 16);
        }
        return result;
    }

    private static double Correlation(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int lag)
    {
        double ab = 0, aa = 0, bb = 0;
        for (var i = 4096; i < Math.Min(a.Length, b.Length) - 4096; i++)
        {
            double x = a[i], y = b[i + lag * 2];
            (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y);
        }
        return ab / Math.Sqrt(aa * bb);
    }
}
