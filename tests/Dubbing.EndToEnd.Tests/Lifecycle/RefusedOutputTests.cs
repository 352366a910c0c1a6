using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>The media server does not take the output, because somebody else publishes there.</summary>
public sealed class RefusedOutputTests
{
    [Fact]
    public async Task An_output_that_is_refused_is_tried_again_until_it_is_taken_and_the_session_goes_on()
    {
        var id = Streams.Ids(1)[0];
        using var journal = new EchoJournal();
        await using var stage = await Stage.Start(Streams.Options([id]) with { Echo = new Dictionary<string, string?> { ["ECHO_JOURNAL"] = journal.Path } });
        await using var other = Publisher.Start(FixtureFiles.E, stage.Media.RtmpUrl($"live/{id}/out"), Publisher.Forever);
        await stage.Media.WaitForPublisher($"live/{id}/out", Streams.Limit);
        await using var publisher = Streams.Publish(stage, id);

        var refused = await stage.WaitForStream(id, stream => (int?)stream["restarts"] >= 2, Streams.Limit);
        Assert.Equal("starting", (string?)refused["state"]);
        Assert.Equal("rtmp2sink", (string?)refused["errors"]![0]!["element"]);
        Assert.False(other.Finished.IsCompleted, other.Process.Tail());
        var metrics = await stage.Service.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains($$"""dubbing_pipeline_restarts_total{stream_id="{{id}}",cause="output"}""", metrics, StringComparison.Ordinal);

        await other.DisposeAsync();
        var running = await stage.WaitForState(id, Streams.Limit, "running");
        Assert.Equal((string?)refused["run_id"], (string?)running["run_id"]);
        Assert.Single(journal.Entries("in", "stream:init", id));
    }
}
