using Dubbing.EndToEnd.Tests.Flow;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>What becomes of one stream's process does not reach the other streams, and that stream soon plays again.</summary>
[Collection(nameof(ManyStreamsCollection))]
public sealed class WorkerCrashTests(ITestOutputHelper output)
{
    private const int MostFailures = 6;
    private static readonly TimeSpan s_aMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    // Without a sign of life it is taken for dead after this, looked at once a second.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(11);

    [Fact]
    public Task A_native_crash_in_one_of_three_streams() => Run(3, ProcessTree.Crash, s_again);

    [Fact]
    [Trait("Category", "Soak")]
    public Task A_native_crash_in_one_of_ten_streams() => Run(10, ProcessTree.Crash, s_again);

    [Fact]
    [Trait("Category", "Soak")]
    public Task A_hang_of_one_of_ten_streams() => Run(10, Freeze, s_silence + s_again);

    /// <summary>Each pause is longer than the one before, and the seventh is a minute.</summary>
    [Fact]
    [Trait("Category", "Soak")]
    public async Task A_stream_that_fails_too_often_is_degraded_tried_once_a_minute_and_runs_again()
    {
        var ids = Streams.Ids(2);
        await using var stage = await Stage.Start(Streams.Options(ids));
        var publishers = ids.Select(id => Streams.Publish(stage, id)).ToList();
        try
        {
            await Streams.AwaitDubbing(stage, ids);
            var at = DateTimeOffset.UtcNow;
            for (var failure = 1; failure <= MostFailures; failure++)
            {
                at = DateTimeOffset.UtcNow;
                ProcessTree.Signal(await Streams.Worker(stage, ids[0]), UnixSignal.Kill);
                output.WriteLine($"PLAYING {(await StreamEvents.PlayingAfter(stage, ids[0], at) - at).TotalSeconds:0.0} s after failure {failure}");
            }

            at = DateTimeOffset.UtcNow;
            ProcessTree.Signal(await Streams.Worker(stage, ids[0]), UnixSignal.Kill);
            var degraded = await stage.WaitForState(ids[0], Streams.Limit, "degraded");
            Assert.Contains("worker process", (string?)degraded["reason"], StringComparison.Ordinal);
            await stage.WaitForState(ids[0], s_aMinute * 1.2 + Streams.Limit, "running");
            Assert.InRange(await StreamEvents.PlayingAfter(stage, ids[0], at) - at, s_aMinute * 0.8, s_aMinute * 1.2 + s_again);
            Assert.Equal(MostFailures + 1, (int)(await stage.Stream(ids[0]))["restarts"]!);
            Assert.Equal(0, (int)(await stage.Stream(ids[1]))["restarts"]!);
            Streams.CheckNeverTwoPublishers(stage, ids);
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }
    }

    private static Task Freeze(int worker)
    {
        ProcessTree.Signal(worker, UnixSignal.Stop);
        return Task.CompletedTask;
    }

    private async Task Run(int count, Func<int, Task> fault, TimeSpan playsAgainWithin)
    {
        var ids = Streams.Ids(count);
        var (victim, others) = (ids[0], ids[1..]);
        // An answer has the time that ten starts at once take on two processors.
        await using var stage = await Stage.Start(Streams.Options(ids, ("DUBBING__LIFECYCLE__GRACESECONDS", "1")) with { StsTimeout = TimeSpan.FromSeconds(4) });
        // To its end: nginx may keep the last picture of a publisher that is stopped from some of its readers. Long enough for a hang to be found out.
        var takes = ids.Select(id => Take.Start(stage, id, FixtureFiles.B, readInput: false)).ToList();
        try
        {
            await Streams.AwaitDubbing(stage, ids);
            await CheckTheVictimReturns(stage, victim, fault, playsAgainWithin);
            Assert.Equal(count, Streams.Workers(stage).Count);
            foreach (var take in await Task.WhenAll(takes.Where(take => take.Id != victim).Select(take => take.Finish(FlowJudge.TakeLimit))))
                CheckFlawless(stage, take);
            Streams.CheckNeverTwoPublishers(stage, ids);
            Assert.All(others, id => Assert.Single(stage.Nginx.Publications.Of($"live/{id}/out")));
            await Streams.AwaitNoZombie(stage);
        }
        finally
        {
            foreach (var take in takes)
                await take.DisposeAsync();
        }
    }

    private async Task CheckTheVictimReturns(Stage stage, string id, Func<int, Task> fault, TimeSpan within)
    {
        var before = await stage.Stream(id);
        var worker = await Streams.Worker(stage, id);
        var at = DateTimeOffset.UtcNow;
        await fault(worker);
        var playing = await StreamEvents.PlayingAfter(stage, id, at);
        var played = MonotonicClock.NowNs;
        Assert.InRange(playing - at, TimeSpan.Zero, within);

        await using var reader = Streams.Read(stage, id);
        var limit = await Streams.FirstPictureWithin(stage, id);
        var picture = await reader.FirstVideo.WaitAsync(Streams.Limit, TestContext.Current.CancellationToken);
        var seen = TimeSpan.FromMicroseconds((picture.ArrivalNs - played) / 1000.0);
        output.WriteLine($"{id}: PLAYING again after {(playing - at).TotalSeconds:0.00} s, seen {seen.TotalSeconds:0.00} s later, limit {limit.TotalSeconds:0.00} s");
        Assert.InRange(seen, TimeSpan.Zero, limit);

        var after = await stage.Stream(id);
        Assert.Equal((string?)before["run_id"], (string?)after["run_id"]);
        Assert.Equal(1, (int)after["restarts"]!);
        Assert.NotEqual(worker, (int)after["worker_pid"]!);
        Assert.Contains("worker process", (string?)after["errors"]![0]!["message"], StringComparison.Ordinal);
        Assert.Equal(2, stage.Nginx.Publications.Of($"live/{id}/out").Count);
    }

    private void CheckFlawless(Stage stage, TakeResult take)
    {
        var report = new MeasureReport([VideoCheck.Run(take.Input, take.Output, relayedAsIs: take.RelayedAsIs), AudioCheck.Run(take.Output), PacingCheck.Run(take.Output)]);
        output.WriteLine($"{take.Id}\n{report.ToTable()}");
        Assert.True(report.Ok, $"{take.Id}\n{report.ToTable()}{stage.Service.Process.Tail()}");
        Assert.All(take.Fragments.Where(f => (bool)f["sent"]!), f => Assert.Equal("dubbed", (string?)f["outcome"]));
    }
}
