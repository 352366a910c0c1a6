using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class FixtureTests
{
    [Theory]
    [InlineData("a", 900, 33, 48000, 2, 30)]
    [InlineData("b", 900, 33, 44100, 1, 30)]
    [InlineData("c", 750, 40, 48000, 2, 30)]
    public void A_fixture_is_what_it_should_be_and_passes_against_itself(
        string name, int pictures, double frameMs, int rate, int channels, int seconds)
    {
        var clip = Clips.ByName(name);
        var report = new MeasureReport(
            [VideoCheck.Run(clip, clip), AudioCheck.Run(clip), AvCheck.Run(clip, clip), Original(clip)]);
        TestContext.Current.TestOutputHelper!.WriteLine(report.ToTable());

        Assert.True(report.Ok, report.ToTable());
        Assert.Equal(pictures, clip.Video.Count);
        Assert.Equal(frameMs, clip.FrameMs);
        Assert.Equal((rate, channels, 1024), (clip.AudioConfigs[0].SampleRate, clip.AudioConfigs[0].Channels, clip.AudioConfigs[0].SamplesPerPacket));
        Assert.Equal(seconds, clip.Luma.FlashesMs.Count);
        Assert.Equal(seconds, BeepDetector.Find(clip.Pcm).Count);
        Assert.Equal(seconds, report.Lines[2].Figures["pairs"]);
        // Flash and beep are at one instant of the content: what is left is FLV's rounding.
        Assert.InRange(report.Lines[2].Figures["input offset ms"], -1.5, 1.5);
        Assert.Equal(clip.Video.Count, clip.Video.DistinctBy(v => v.SliceHash).Count());
    }

    [Theory]
    [InlineData("a", 60, true)]
    [InlineData("b", 60, false)]
    [InlineData("c", 250, true)]
    public void Fixtures_have_the_key_frames_and_B_frames_that_they_promise(string name, int gop, bool reordered)
    {
        var clip = Clips.ByName(name);
        Assert.All(clip.Video.Index(), v => Assert.Equal(v.Index % gop == 0, v.Item.IsIdr));
        Assert.Equal(reordered, clip.Video.Any(v => v.Pts - v.Dts != clip.Video[0].Pts - clip.Video[0].Dts));
    }

    [Fact]
    public void Fixture_d_has_no_audio_and_e_is_five_seconds_of_a()
    {
        Assert.Empty(Clips.D.Audio);
        Assert.Equal(450, Clips.D.Video.Count);
        Assert.Equal(150, Clips.E.Video.Count);
        Assert.False(AudioCheck.Run(Clips.D).Ok);
    }

    private static CheckResult Original(Recording clip) =>
        OriginalCheck.Run(clip.Pcm, clip.Pcm, 0, [new(1, 15), new(15, 29)], [6, 12, 18, 24]);
}
