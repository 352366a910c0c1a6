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

    [Fact]
    public void A_join_long_after_the_start_leaves_the_latency_as_room_for_jitter()
    {
        using var feed = new Feed("livetimestamper latency=1000");
        feed.Advance(TimeSpan.FromSeconds(60));
        feed.Push("audio", 100);
        var pts = feed.Pull("audio").Pts;
        Assert.InRange(feed.Now / 1e9 - pts, 0, 0.5);
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
        feed.Pipeline.Next("input-discontinuity");
    }

    [Theory]
    [InlineData(0.05, 0.04)]
    [InlineData(2, 2)]
    public void After_a_jump_the_stream_runs_on_as_before_and_a_pause_is_one(double arrival, double expected)
    {
        using var feed = new Feed("livetimestamper");
        feed.Push("video", 1000);
        feed.Pull("video");
        feed.Push("video", 1000.04);
        var before = feed.Pull("video").Pts;
        feed.Advance(TimeSpan.FromSeconds(arrival));
        feed.Push("video", 7);
        Assert.InRange(feed.Pull("video").Pts - before, expected - 1e-6, expected + 0.05);
    }

    [Fact]
    public void Timestamps_that_wrap_at_32_bits_of_ms_go_on()
    {
        const double Wrap = (1L << 32) / 1000.0;
        using var feed = new Feed("livetimestamper");
        feed.Push("video", Wrap - 0.05);
        var first = feed.Pull("video").Pts;
        // A picture that is decoded before the wrap and shown after it, audio that begins after it, and pictures wholly after it.
        feed.Push("video", 0.03, Wrap - 0.02);
        Assert.Equal((0.08, 0.03), Since(first, feed.Pull("video")));
        feed.Push("audio", 0.01);
        Assert.Equal(0.06, Since(first, feed.Pull("audio")).Pts);
        feed.Push("video", 0.01, 0.01);
        Assert.Equal((0.06, 0.06), Since(first, feed.Pull("video")));
        feed.Push("audio", Wrap - 0.01);
        Assert.Equal(0.04, Since(first, feed.Pull("audio")).Pts);
        feed.Push("video", 0.1);
        Assert.Equal(0.15, Since(first, feed.Pull("video")).Pts);

        static (double Pts, double Dts) Since(double first, (double Pts, double Dts) times) =>
            (Math.Round(times.Pts - first, 4), Math.Round(times.Dts - first, 4));
    }

    [Theory]
    [InlineData("audio", "video")]
    [InlineData("video", "audio")]
    public void A_track_that_stops_is_told_once_after_10_s_and_again_when_it_returns(string stops, string goesOn)
    {
        using var feed = new Feed("livetimestamper audio-timeout=0 video-timeout=0");
        feed.Push(stops, 1000);
        feed.Pull(stops);
        for (var second = 0; second <= 14; second++)
        {
            feed.Push(goesOn, 1000 + second);
            feed.Pull(goesOn);
            feed.Advance(TimeSpan.FromSeconds(1));
        }
        var stopped = feed.Pipeline.Next("input-track");
        Assert.Equal((stops, false), (stopped["track"], stopped["flows"]));
        Assert.InRange((ulong)stopped["stopped-for"] / 1e9, 10, 10.9);
        feed.Push(stops, 1015);
        var returned = feed.Pipeline.Next("input-track");
        Assert.Equal((stops, true), (returned["track"], returned["flows"]));
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
    public void Audio_that_was_announced_may_come_late_and_has_its_place_then()
    {
        using var feed = new Feed("livetimestamper audio-timeout=4000", "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1190");
        feed.Push("video", 1000);
        var last = feed.Pull("video").Pts;
        for (var second = 1; second <= 60; second++)
        {
            feed.Advance(TimeSpan.FromSeconds(1));
            feed.Push("video", 1000 + second);
            last = feed.Pull("video").Pts;
        }
        feed.Push("audio", 1060);
        Assert.Equal(last, feed.Pull("audio").Pts, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(60)]
    public void After_a_hole_audio_goes_on_where_the_pictures_are(int seconds)
    {
        using var feed = new Feed("livetimestamper", "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1190");
        feed.Push("video", 500);
        feed.Push("audio", 500);
        var picture = feed.Pull("video").Pts;
        feed.Pull("audio");
        for (var second = 1; second <= seconds; second++)
        {
            feed.Advance(TimeSpan.FromSeconds(1));
            feed.Push("video", 500 + second);
            picture = feed.Pull("video").Pts;
        }
        feed.Push("audio", 500 + seconds);
        // The sender's clock is followed by both alike.
        Assert.InRange(feed.Pull("audio").Pts - picture, -0.001, 0.001);
    }

    [Theory]
    [InlineData(4.0, true)]
    [InlineData(0.05, false)]
    public void Audio_that_ended_first_gets_a_frame_of_silence_at_the_end_of_the_pictures(double before, bool expected)
    {
        using var feed = new Feed("livetimestamper", "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1190");
        feed.Push("audio", 500);
        feed.Push("video", 500);
        var first = feed.Pull("audio").Pts;
        feed.Pull("video");
        feed.Push("video", 500 + before);
        var end = feed.Pull("video").Pts;
        feed.End("audio");
        if (expected)
            Assert.Equal(end, feed.Pull("audio").Pts, 6);
        feed.AssertEnds("audio");
        Assert.Equal(before, end - first, 2);
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
    public void Frames_after_the_first_of_an_rtp_packet_get_the_time_at_which_the_one_before_ends()
    {
        using var feed = new Feed("livetimestamper timestamps=keep", "audio/mpeg,mpegversion=4,codec_data=(buffer)1190");
        double?[] pushed = [10, null, null, 10 + 3 * 1024 / 48000.0, null];
        foreach (var pts in pushed)
            feed.Push("audio", pts);
        for (var i = 0; i < pushed.Length; i++)
            Assert.Equal(10 + i * 1024 / 48000.0, feed.Pull("audio").Pts, 6);
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
