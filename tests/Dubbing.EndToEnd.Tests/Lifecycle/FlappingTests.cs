using System.Diagnostics;
using Dubbing.EndToEnd.Tests.Flow;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>However publishers come and go and whatever hooks say, in whatever order: never two pipelines of a stream, and afterwards all is well.</summary>
public sealed class FlappingTests(ITestOutputHelper output)
{
    private const string Flappy = "flappy";
    private const int Events = 1000;

    // 50 times a minute.
    private static readonly TimeSpan s_on = TimeSpan.FromSeconds(0.6);
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    [Fact]
    public Task A_publisher_flaps_for_half_a_minute_and_hooks_come_in_a_burst() => Run(25);

    [Fact]
    [Trait("Category", "Soak")]
    public Task A_publisher_flaps_for_three_minutes_and_hooks_come_in_a_burst() => Run(150);

    private async Task Run(int times)
    {
        string[] told = ["told1", "told2"];
        string[] ids = [Flappy, .. told];
        await using var stage = await Stage.Start(Streams.Options(ids, ("DUBBING__LIFECYCLE__GRACESECONDS", "5")));
        var publishers = told.Select(id => Streams.Publish(stage, id)).ToList();
        using var done = new CancellationTokenSource();
        var most = MostWorkers(stage, done.Token);
        try
        {
            await Task.WhenAll(Flap(stage, times), Burst(stage, told));
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }

        await CheckANormalPublisher(stage);
        await Streams.Await(stage, ids, "idle");
        await done.CancelAsync();
        // All three streams had theirs nearly all the time: a second one of any would be a fourth.
        Assert.Equal(ids.Length, await most);
        Streams.CheckNeverTwoPublishers(stage, ids);
        Assert.Empty(Streams.Workers(stage));
        await Streams.AwaitNoZombie(stage);
    }

    private async Task Flap(Stage stage, int times)
    {
        var url = stage.Media.RtmpUrl($"live/{Flappy}/in");
        for (var i = 0; i < times; i++)
        {
            await using var publisher = Publisher.Start(FixtureFiles.E, url);
            await stage.Media.WaitForPublisher($"live/{Flappy}/in", Streams.Limit);
            await Task.Delay(s_on, TestContext.Current.CancellationToken);
            publisher.Process.Signal(UnixSignal.Kill);
            await stage.Media.WaitForNoPublisher($"live/{Flappy}/in", Streams.Limit);
            var rest = s_period - Stopwatch.GetElapsedTime(publisher.StartedAt);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, TestContext.Current.CancellationToken);
        }

        var stream = await stage.Stream(Flappy);
        output.WriteLine($"flapped {times} times: {stream["state"]}, {stream["restarts"]} restarts, run {stream["run_id"]}");
    }

    // Each publisher comes and goes, each event comes twice, and all in any order.
    private async Task Burst(Stage stage, string[] ids)
    {
        await Streams.Await(stage, ids, "running");
        var seed = Random.Shared.Next();
        output.WriteLine($"seed of the burst: {seed}");
        var events = Enumerable.Range(0, Events / 4)
            .SelectMany(number => new[] { ("ready", number), ("not-ready", number), ("ready", number), ("not-ready", number) }).ToArray();
        new Random(seed).Shuffle(events);
        var begin = MonotonicClock.NowNs;
        await Parallel.ForEachAsync(events, new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (e, _) => await Streams.Hook(stage, e.Item1, ids[e.Item2 % ids.Length], $"burst-{e.Item2}"));
        output.WriteLine($"{events.Length} events in {(MonotonicClock.NowNs - begin) / 1e9:0.00} s");
        await CheckEndState(stage, ids);
    }

    // Whoever came last is who publishes, whatever was said before.
    private static async Task CheckEndState(Stage stage, string[] ids)
    {
        foreach (var id in ids)
        {
            await Streams.Hook(stage, "ready", id, "last");
            await stage.WaitForStream(id, stream => (string?)stream["state"] == "running" && (string?)stream["source_id"] == "last", Streams.Limit);
            await stage.Media.WaitForPublisher($"live/{id}/out", Streams.Limit);
            await Streams.Hook(stage, "not-ready", id, "last");
        }
    }

    // Within the grace period of the last one: the same run goes on, and is not held against this publisher.
    private async Task CheckANormalPublisher(Stage stage)
    {
        await using var take = Take.Start(stage, Flappy, FixtureFiles.E);
        var result = await take.Finish(FlowJudge.TakeLimit);
        var report = new MeasureReport([VideoCheck.Run(result.Clip, result.Output), AudioCheck.Run(result.Output), AvCheck.Run(result.Clip, result.Output)]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        Assert.NotEmpty(result.Fragments);
        Assert.All(result.Fragments.Where(f => (bool)f["sent"]!), f => Assert.Equal("dubbed", (string?)f["outcome"]));
    }

    private static async Task<int> MostWorkers(Stage stage, CancellationToken done)
    {
        var most = 0;
        while (!done.IsCancellationRequested)
        {
            most = Math.Max(most, Streams.Workers(stage).Count);
            await Task.Delay(s_look, CancellationToken.None);
        }

        return most;
    }
}
