namespace Dubbing.Elements.Tests.Pipelines;

[Collection(nameof(PipelineCollection))]
public class LiveTimestamperTests
{
    [Fact]
    public void One_shift_moves_both_tracks_to_now()
    {
        using var feed = new Feed("livetimestamper headroom=300");
        feed.Push("audio", 3600.5);
        var audio = feed.Pull("audio").Pts;
        Assert.InRange(feed.Now / 1e9 + 0.3 - audio, 0, 1);
        feed.Push("video", 3600.7, 3600.4);
        var (pts, dts) = feed.Pull("video");
        Assert.Equal((audio + 0.2, audio - 0.1), (pts, dts), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-6 && Math.Abs(a.Item2 - b.Item2) < 1e-6);
        feed.Push("audio", 3600.6);
        Assert.Equal(audio + 0.1, feed.Pull("audio").Pts, 6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4294)]
    public void Timestamps_that_jump_are_mapped_anew_for_both_tracks(double jump)
    {
        using var feed = new Feed("livetimestamper");
        feed.Push("audio", 1000);
        feed.Push("video", 1000);
        var before = feed.Pull("audio").Pts;
        feed.Pull("video");
        feed.Push("audio", jump);
        var audio = feed.Pull("audio").Pts;
        Assert.InRange(audio - before, 0, 2);
        // The other track still carries the old timestamps for a moment.
        feed.Push("video", 1000.04);
        Assert.Equal(before + 0.04, feed.Pull("video").Pts, 6);
        feed.Push("video", jump + 0.04);
        Assert.Equal(audio + 0.04, feed.Pull("video").Pts, 6);
    }

    [Fact]
    public void Missing_audio_is_an_error_that_says_so()
    {
        using var feed = new Feed("livetimestamper audio-timeout=4000");
        feed.Push("video", 0);
        feed.Pull("video");
        feed.Advance(TimeSpan.FromSeconds(4.5));
        feed.Push("video", 4.5);
        Assert.Contains("no audio track: 4.5 s after the first picture", feed.Pipeline.NextError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_video_is_an_error_that_says_so()
    {
        using var feed = new Feed("livetimestamper video-timeout=2000");
        feed.Push("audio", 0);
        feed.Pull("audio");
        feed.Advance(TimeSpan.FromSeconds(3));
        feed.Push("audio", 3);
        Assert.Contains("no video track: 3.0 s after the first audio", feed.Pipeline.NextError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audio-timeout=0")]
    [InlineData("audio-timeout=5000")]
    public void A_missing_track_is_no_error_before_its_time(string setting)
    {
        using var feed = new Feed("livetimestamper " + setting);
        feed.Push("video", 0);
        feed.Pull("video");
        feed.Advance(TimeSpan.FromSeconds(4));
        feed.Push("video", 4);
        feed.Pull("video");
        feed.Push("audio", 4);
        feed.Pull("audio");
    }

    [Fact]
    public void Timestamps_are_kept_if_so_set()
    {
        using var feed = new Feed("livetimestamper timestamps=keep");
        feed.Push("audio", 3600.5);
        Assert.Equal(3600.5, feed.Pull("audio").Pts);
        feed.Push("video", 12.5, 12.4);
        Assert.Equal((12.5, 12.4), feed.Pull("video"));
    }

    [Fact]
    public void A_gap_of_the_publisher_does_not_pass_with_its_own_timestamps()
    {
        using var feed = new Feed("livetimestamper");
        using var watched = new EventWatch(feed.Element, "audio_src");
        feed.Push("audio", 3600);
        feed.Pull("audio");
        feed.PushGap("audio", 3610);
        feed.Push("audio", 3600.1);
        feed.Pull("audio");
        Assert.Equal(0, watched.Gaps);
    }

    [Fact]
    public void A_pipeline_that_is_started_again_begins_anew()
    {
        using var feed = new Feed("livetimestamper");
        feed.Push("audio", 100);
        feed.Pull("audio");
        feed.Pipeline.Stop();
        feed.Pipeline.Play();
        // Without a segment GStreamer warns and gives no running time.
        using var watched = new EventWatch(feed.Element, "audio_src");
        feed.Push("audio", 7000);
        Assert.InRange(feed.Pull("audio").Pts, 0, 2);
        Assert.Equal(1, watched.Segments);
    }
}
