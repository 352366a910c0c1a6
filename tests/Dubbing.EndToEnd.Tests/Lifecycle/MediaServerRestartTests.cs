using System.Text.Json.Nodes;
using Dubbing.EndToEnd.Tests.Flow;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>The input is gone for a while and returns within the grace period: the same run and the same session go on in the same process,
/// sound and picture together.</summary>
public sealed class MediaServerRestartTests(ITestOutputHelper output)
{
    private const string Id = "returns";
    private static readonly TimeSpan s_judged = TimeSpan.FromSeconds(3);

    /// <summary>No hook says that anybody left, and nothing can be played out.</summary>
    [Fact]
    public Task The_media_server_is_killed_and_started_again() => Run(async stage =>
    {
        await stage.Nginx.Kill();
        await stage.WaitForState(Id, Streams.Limit, "starting");
        await stage.Nginx.StartAgain();
    });

    [Fact]
    [Trait("Category", "Soak")]
    public Task The_publisher_alone_is_away_for_ten_seconds() => Run(async stage =>
    {
        await stage.Media.WaitForNoPublisher($"live/{Id}/in", Streams.Limit);
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    });

    // The media server throws out whoever reads what is not published any more, as MediaMTX does.
    private async Task Run(Func<Stage, Task> fault)
    {
        using var journal = new EchoJournal();
        await using var stage = await Stage.Start(Streams.Options([Id]) with
        {
            KeepIdleReaders = false,
            Echo = new Dictionary<string, string?> { ["ECHO_JOURNAL"] = journal.Path },
        });
        JsonNode before;
        await using (var publisher = Streams.Publish(stage, Id))
        {
            before = await stage.WaitForState(Id, Streams.Limit, "running");
            publisher.Process.Signal(UnixSignal.Kill);
            await fault(stage);
        }

        await using var take = Take.Start(stage, Id, FixtureFiles.F);
        var first = await take.Output.FirstVideo.WaitAsync(Streams.Limit, TestContext.Current.CancellationToken);
        var after = await stage.Stream(Id);
        foreach (var name in (string[])["run_id", "worker_pid"])
            Assert.Equal($"{before[name]}", $"{after[name]}");
        await take.Output.UntilAsync(tag => tag.Timestamp > first.Timestamp + s_judged.TotalMilliseconds, Streams.Limit);
        await take.Publisher.Stop();
        var result = await take.Finish(FlowJudge.TakeLimit);
        // Its reader is let in late, in the middle of a group of pictures.
        var seen = result.Output.FromFirstPicture();
        var report = new MeasureReport([AudioCheck.Run(seen), AvCheck.Run(result.Clip, seen)]);
        output.WriteLine($"{after["restarts"]} restarts\n{report.ToTable()}");
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        Assert.Single(journal.Entries("in", "stream:init", Id));
        Streams.CheckNeverTwoPublishers(stage, Id);
        Assert.Equal(2, stage.Nginx.Publications.Of($"live/{Id}/out").Count);
    }
}
