using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class AvCheckTests
{
    [Fact]
    public void Pictures_that_were_decoded_once_need_not_be_again()
    {
        var same = Recording.FromTags(Clips.E.Tags).WithPicturesOf(Clips.E);
        Assert.Equal(Clips.E.Luma.Pictures, same.Luma.Pictures);
        Assert.True(AvCheck.Run(Clips.E, same).Ok);
        Assert.False(AvCheck.Run(Clips.B, Recording.FromTags(Clips.B.Tags).WithPicturesOf(Clips.E)).Ok);
    }

    [Fact]
    public void Sound_encoded_again_passes()
    {
        var result = AvCheck.Run(Clips.E, Edit.Filtered(Clips.E, "volume=0.7"));
        Assert.True(result.Ok, result.ToString());
        Assert.InRange(result.Figures["worst change ms"], -1.5, 1.5);
        Assert.Equal(5, result.Figures["pairs"]);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-6)]
    [InlineData(6)]
    public void Shifted_audio_fails_by_its_shift(int byMs)
    {
        var result = AvCheck.Run(Clips.E, Shifted(byMs));
        Assert.False(result.Ok);
        Assert.Equal(5, result.Problems.Count);
        Assert.Equal(byMs, result.Figures["worst change ms"], 0.01);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-4)]
    public void A_shift_within_tolerance_passes(int byMs) => Assert.True(AvCheck.Run(Clips.E, Shifted(byMs)).Ok);

    [Fact]
    public void Two_wrong_pairs_among_good_ones_fail()
    {
        // One packet's content is left out at 1.9 s and another one repeated at 3.9 s, under unbroken timestamps.
        var output = Edit.Tags(Clips.E, tags =>
        {
            var audio = Edit.Media(tags, FlvTagType.Audio);
            var data = audio.Select(a => tags[a].Payload).ToList();
            data.Insert(183, data[183]);
            data.RemoveAt(89);
            foreach (var (i, a) in audio.Index())
                tags[a] = tags[a] with { Payload = data[i] };
        });
        Assert.True(AudioCheck.Run(output).Ok);

        var result = AvCheck.Run(Clips.E, output);
        Assert.False(result.Ok);
        Assert.Equal(2, result.Problems.Count);
        Assert.Equal(-1024 / 48.0, result.Figures["worst change ms"], 0.3);
    }

    [Fact]
    public void A_muted_beep_fails()
    {
        var result = AvCheck.Run(Clips.E, Edit.Filtered(Clips.E, "volume=0:enable='between(t,2.1,2.4)'"));
        Assert.Contains("has no beep", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_beep_is_none()
    {
        // aeval counts from the first sample, 46 ms into the clip: the beep at 2267 ms keeps its first 20 ms.
        const string Muted = "*not(between(t,2.241,2.5))";
        var result = AvCheck.Run(Clips.E, Edit.Filtered(Clips.E, $"aeval='val(0){Muted}|val(1){Muted}':c=same"));
        Assert.Contains("has no beep", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void No_audio_fails() => Assert.False(AvCheck.Run(Clips.D, Clips.D).Ok);

    private static Recording Shifted(int byMs) => Edit.Tags(Clips.E, tags =>
        Edit.Media(tags, FlvTagType.Audio).ForEach(a => Edit.Retime(tags, a, byMs)));
}
