using Dubbing.EndToEnd.Tests.Flow;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>A publisher that drops and returns within the grace period finds its run, and its STS session, as they were.</summary>
public sealed class ReturnTests(ITestOutputHelper output)
{
    private const string Id = "back";
    private const int GraceSeconds = 15;

    [Fact]
    public async Task A_publisher_that_returns_within_the_grace_period_gets_the_same_run_and_session()
    {
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = [Id],
            KeepIdleReaders = true,
            Fragment = TimeSpan.FromSeconds(2),
            StsTimeout = TimeSpan.FromSeconds(1),
            Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = $"{GraceSeconds}" },
        });
        var first = await PlayAsync(stage);
        // All that was inside has been played out, and the run waits.
        var waiting = await stage.WaitForState(Id, FlowJudge.TakeLimit, "stopping");
        Assert.DoesNotContain(await EventsAsync(stage), name => name is "stream:end");
        var second = await PlayAsync(stage);
        Assert.Equal((string?)waiting["run_id"], (string?)second.Status["run_id"]);
        Assert.Equal((string?)first.Status["run_id"], (string?)second.Status["run_id"]);
        var ended = await stage.WaitForState(Id, TimeSpan.FromSeconds(GraceSeconds + 15), "idle");
        Assert.Equal("ended", (string?)ended["sts_state"]);
        Assert.Null(ended["worker_pid"]);

        Assert.Equal(["stream:init", "stream:pause", "stream:resume", "stream:pause", "stream:end"],
            (await EventsAsync(stage)).Where(name => name.StartsWith("stream:", StringComparison.Ordinal)));
        var numbers = (await stage.Echo.Journal()).AsArray().Select(entry => entry!)
            .Where(entry => (string)entry["dir"]! == "in" && (string)entry["event"]! == "fragment:data").Select(entry => (int)entry["sequence_number"]!).ToList();
        Assert.Equal(Enumerable.Range(0, numbers.Count), numbers);
        Assert.True(numbers.Count > first.Fragments.Count, "the second half has fragments of its own");

        // Last: it takes longer than the grace period where the processor is busy.
        Judge(first);
        Judge(second);
    }

    private static async Task<TakeResult> PlayAsync(Stage stage)
    {
        await using var take = Take.Start(stage, Id, FixtureFiles.E);
        return await take.Finish(FlowJudge.TakeLimit);
    }

    private void Judge(TakeResult result)
    {
        var report = FlowJudge.Judge(result);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable());
        Assert.Contains(result.Fragments, fragment => (string?)fragment["outcome"] == "dubbed");
    }

    private static async Task<IEnumerable<string>> EventsAsync(Stage stage) =>
        (await stage.Echo.Journal()).AsArray().Where(entry => (string)entry!["dir"]! == "in").Select(entry => (string)entry!["event"]!);
}
