namespace Dubbing.Elements.Tests.Pipelines;

/// <summary>An input that says nothing any more, neither media nor that it ends.</summary>
[Collection(nameof(PipelineCollection))]
public class StallTests
{
    private const string Element = "livetimestamper stall-timeout=15000";
    private static readonly string[] s_tracks = ["video", "audio"];
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(15.1);

    [Fact]
    public void An_input_that_stalls_has_ended()
    {
        using var feed = Flowing();
        feed.Advance(Stall);
        Assert.StartsWith("the input has stalled: for 15 s nothing has come, and no end", feed.Pipeline.NextWarning(), StringComparison.Ordinal);
        feed.AssertEnds("video");
        feed.AssertEnds("audio");
    }

    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    public void One_track_is_enough(string goesOn)
    {
        using var feed = Flowing();
        for (var i = 1; i <= 4; i++)
        {
            // The clock itself goes on, too.
            feed.Advance(TimeSpan.FromSeconds(6));
            feed.Push(goesOn, 1000 + 6 * i);
            feed.Pull(goesOn);
            AwaitPush(feed, goesOn);
            AwaitLook();
        }
        AssertNoWarning(feed);
    }

    [Fact]
    public void An_input_that_never_sends_is_an_error()
    {
        using var feed = new Feed(Element);
        feed.Advance(Stall);
        Assert.StartsWith("the input has stalled: for 15 s nothing has come, and no end", feed.Pipeline.NextError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_all_has_ended_there_is_no_stall()
    {
        using var ended = Flowing();
        foreach (var track in s_tracks)
        {
            ended.End(track);
            ended.AssertEnds(track);
        }
        ended.Advance(Stall);
        AwaitLook();
        AssertNoWarning(ended);
    }

    [Fact]
    public void What_waits_downstream_is_no_stall()
    {
        using var feed = Flowing("identity sleep-time=2500000");
        feed.Push("video", 1000.1);
        AwaitLook();
        feed.Advance(Stall);
        AwaitLook();
        AssertNoWarning(feed);
        feed.Pull("video");
    }

    private static Feed Flowing(string downstream = "identity")
    {
        var feed = new Feed(Element, downstream: downstream);
        foreach (var track in s_tracks)
        {
            feed.Push(track, 1000);
            feed.Pull(track);
            AwaitPush(feed, track);
        }
        return feed;
    }

    // What came out may be a moment ahead of the element, which notes when the push has returned; an event waits for that.
    private static void AwaitPush(Feed feed, string track) => feed.PushGap(track, 1000);

    // Every element looks once a second: when one that was started later has, those before it have.
    private static void AwaitLook()
    {
        using var other = Flowing();
        other.Advance(Stall);
        other.Pipeline.NextWarning();
    }

    private static void AssertNoWarning(Feed feed) => Assert.DoesNotContain(feed.Pipeline.Drain(), message => message.Name == nameof(Gst.MessageType.Warning));
}
