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

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.7)]
    public void A_join_of_separately_decoded_parts_fails_with_an_encoder_after_it_or_without(double share)
    {
        var cut = (int)(share * Clips.E.Audio.Count);
        var joined = new DecodedAudio(
            [.. Part(0, cut).Pcm.Samples, .. Part(cut, Clips.E.Audio.Count).Pcm.Samples], Clips.E.Pcm.StartMs);
        var joins = new[] { Clips.E.Pcm.MsAt(cut * 1024) / 1000 };

        AssertPasses(OriginalCheck.Run(Clips.E.Pcm, Clips.E.Pcm, 0, Whole, joins));
        AssertPasses(OriginalCheck.Run(Clips.E.Pcm, Encoded(Clips.E.Pcm), 0, Whole, joins));
        Assert.Contains(OriginalCheck.Run(Clips.E.Pcm, joined, 0, Whole, joins).Problems, IsJoin);
        Assert.Contains(OriginalCheck.Run(Clips.E.Pcm, Encoded(joined), 0, Whole, joins).Problems, IsJoin);
    }

    [Fact]
    public void After_the_same_encoder_a_join_that_is_1_dB_quieter_fails()
    {
        var alike = EncodedAgain.From(Clips.E, 20);
        // In the middle of a beep.
        const double Join = 2.27;
        var first = (int)alike.SampleAt(1000 * Join);
        var quieter = new DecodedAudio([.. alike.Samples], alike.StartMs);
        foreach (ref var sample in quieter.Samples.AsSpan(first, 40 * DecodedAudio.Rate / 1000))
            sample *= 0.89f;

        AssertPasses(OriginalCheck.Run(alike, alike, 0, [new(0.7, 4.5)], [Join], encodedAlike: true));
        AssertPasses(OriginalCheck.Run(Clips.E.Pcm, alike, 0, [new(0.7, 4.5)], []));
        var result = OriginalCheck.Run(alike, quieter, 0, [new(0.7, 4.5)], [Join], encodedAlike: true);
        Assert.All(result.Problems, p => Assert.True(IsJoin(p), p));
        Assert.NotEmpty(result.Problems);
    }

    [Fact]
    public void A_range_beyond_the_recording_fails() =>
        Assert.False(OriginalCheck.Run(Clips.E.Pcm, Clips.E.Pcm, 0, [new(3, 60)], []).Ok);

    private static CheckResult Check(Recording output) =>
        OriginalCheck.Run(Clips.E.Pcm, output.Pcm, PictureMatch.Find(Clips.E, output).OffsetMs, Whole, []);

    private static Recording Shift(int byMs) => Edit.Tags(Clips.E, tags =>
        Edit.Media(tags, FlvTagType.Audio).ForEach(a => Edit.Retime(tags, a, byMs)));

    private static bool IsJoin(string problem) => problem.StartsWith("join at", StringComparison.Ordinal);

    private static void AssertPasses(CheckResult result) => Assert.True(result.Ok, result.ToString());

    // Through an encoder, its priming taken off.
    private static DecodedAudio Encoded(DecodedAudio audio) => new(Edit.Encoded(audio.Samples).Pcm.Samples[1024..], audio.StartMs);

    private static Recording Part(int from, int to) => Edit.Tags(Clips.E, tags =>
    {
        var audio = Edit.Media(tags, FlvTagType.Audio);
        var drop = audio.Index().Where(a => a.Index < from || a.Index >= to).Select(a => a.Item).ToHashSet();
        for (var i = tags.Count - 1; i >= 0; i--)
            if (drop.Contains(i))
                tags.RemoveAt(i);
    });
}
