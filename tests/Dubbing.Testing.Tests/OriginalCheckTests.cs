using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class OriginalCheckTests
{
    private static readonly IReadOnlyList<TimeRange> Whole = [new(0.3, 4.5)];

    [Fact]
    public void Sound_encoded_again_passes()
    {
        var result = Check(Edit.Filtered(Clips.E, "anull"));
        Assert.True(result.Ok, result.ToString());
        Assert.InRange(result.Figures["range 0: lag ms"], -1, 1);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-15)]
    public void Shifted_sound_fails_by_its_shift(int byMs)
    {
        var result = Check(Shift(byMs));
        Assert.False(result.Ok);
        Assert.Equal(byMs, result.Figures["range 0: lag ms"], 0.05);
    }

    [Fact]
    public void Another_second_s_sound_fails()
    {
        var result = OriginalCheck.Run(Clips.A.Pcm, Clips.A.Pcm, 1000, [new(3, 8)], []);
        Assert.Contains("correlation", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Inserted_silence_fails()
    {
        var result = Check(Edit.Filtered(Clips.E, "volume=0:enable='between(t,2.5,2.6)'"));
        Assert.Contains(result.Problems, p => p.StartsWith("digital silence from 2", StringComparison.Ordinal));
        Assert.InRange(result.Figures["added silence ms"], 50, 110);
    }

    [Fact]
    public void Silence_that_the_input_has_too_passes()
    {
        var quiet = Edit.Filtered(Clips.E, "volume=0:enable='between(t,2.5,2.6)'");
        var result = OriginalCheck.Run(quiet.Pcm, quiet.Pcm, 0, Whole, []);
        Assert.True(result.Ok, result.ToString());
    }

    [Fact]
    public void A_join_of_separately_decoded_halves_fails()
    {
        var audio = Clips.E.Audio.Count / 2;
        var halves = new[] { Half(0, audio), Half(audio, Clips.E.Audio.Count) };
        var joined = new DecodedAudio([.. halves.SelectMany(h => h.Pcm.Samples)], Clips.E.Pcm.StartMs);
        var join = Clips.E.Pcm.MsAt(audio * 1024) / 1000;

        Assert.True(OriginalCheck.Run(Clips.E.Pcm, Clips.E.Pcm, 0, Whole, [join]).Ok);
        var result = OriginalCheck.Run(Clips.E.Pcm, joined, 0, Whole, [join]);
        Assert.Contains(result.Problems, p => p.StartsWith("join at", StringComparison.Ordinal));
    }

    [Fact]
    public void A_range_beyond_the_recording_fails() =>
        Assert.False(OriginalCheck.Run(Clips.E.Pcm, Clips.E.Pcm, 0, [new(3, 60)], []).Ok);

    private static CheckResult Check(Recording output) =>
        OriginalCheck.Run(Clips.E.Pcm, output.Pcm, PictureMatch.Find(Clips.E, output).OffsetMs, Whole, []);

    private static Recording Shift(int byMs) => Edit.Tags(Clips.E, tags =>
        Edit.Media(tags, FlvTagType.Audio).ForEach(a => Edit.Retime(tags, a, byMs)));

    private static Recording Half(int from, int to) => Edit.Tags(Clips.E, tags =>
    {
        var audio = Edit.Media(tags, FlvTagType.Audio);
        var drop = audio.Index().Where(a => a.Index < from || a.Index >= to).Select(a => a.Item).ToHashSet();
        for (var i = tags.Count - 1; i >= 0; i--)
            if (drop.Contains(i))
                tags.RemoveAt(i);
    });
}
