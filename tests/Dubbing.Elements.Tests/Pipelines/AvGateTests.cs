using Gst;

namespace Dubbing.Elements.Tests.Pipelines;

[Collection(nameof(PipelineCollection))]
public class AvGateTests
{
    [Fact]
    public void Nothing_passes_before_the_first_key_frame()
    {
        using var feed = new Feed("avgate");
        feed.Push("video", 1.0, delta: true);
        feed.Push("video", 1.5);
        Assert.Equal(1.5, feed.Pull("video").Pts);
        Assert.Equal(1_500_000_000ul, feed.Pipeline.Next("avgate-open")["running-time"]);
        feed.Push("audio", 1.4);
        feed.Push("audio", 1.5);
        Assert.Equal(1.5, feed.Pull("audio").Pts);
        feed.Push("video", 1.6, delta: true);
        Assert.Equal(1.6, feed.Pull("video").Pts);
        var stats = ElementStats.Read(feed.Element);
        Assert.Equal((2ul, 1ul, 1ul, 1ul), (stats["video-frames"], stats["audio-frames"], stats["video-dropped"], stats["audio-dropped"]));
        Assert.Equal((1_600_000_000ul, 1_500_000_000ul), (stats["video-running-time"], stats["audio-running-time"]));
    }

    [Fact]
    public void Audio_without_any_picture_is_dropped()
    {
        using var feed = new Feed("avgate");
        feed.Push("audio", 1);
        feed.Push("audio", 2);
        feed.End("audio");
        feed.AssertEnds("audio");
        Assert.Equal(2ul, ElementStats.Read(feed.Element)["audio-dropped"]);
    }

    [Fact]
    public void A_pipeline_that_is_started_again_waits_for_a_picture_again()
    {
        using var feed = new Feed("avgate");
        feed.Push("video", 1);
        feed.Pull("video");
        feed.Pipeline.Stop();
        feed.Pipeline.Play();
        feed.Push("video", 5, delta: true);
        feed.Push("video", 6);
        Assert.Equal(6, feed.Pull("video").Pts);
    }
}
