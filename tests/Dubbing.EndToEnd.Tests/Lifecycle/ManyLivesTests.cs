using System.Diagnostics;
using System.Globalization;
using Dubbing.EndToEnd.Tests.Flow;
using Dubbing.Testing;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>As many streams as an operator would have, for as long. Part of <c>make soak</c>.</summary>
[Collection(nameof(ManyStreamsCollection))]
[Trait("Category", "Soak")]
public sealed class ManyLivesTests(ITestOutputHelper output)
{
    private const int Cycles = 125;

    // What the runtime and the C library make for the first streams they keep: code, pools, arenas.
    private const int Warm = 25;
    private const double MostChange = 0.02;
    private const int Hooks = 1000;

    // While it hangs, is found out and is followed by another.
    private static readonly TimeSpan s_betweenHooks = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan s_hook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_settling = TimeSpan.FromMinutes(1);

    /// <summary>All start at once; then one hangs, and hooks are answered as ever.</summary>
    [Fact]
    public async Task Twenty_streams_start_at_once_and_hooks_are_answered_while_one_of_them_hangs()
    {
        var ids = Streams.Ids(20);
        // Fragments as long as an operator's: twenty streams are all that two processors carry.
        await using var stage = await Stage.Start(Streams.Options(ids) with { Fragment = TimeSpan.FromSeconds(6), StsTimeout = TimeSpan.FromSeconds(2) });
        var publishers = ids.Select(id => Streams.Publish(stage, id)).ToList();
        try
        {
            var begin = Stopwatch.GetTimestamp();
            await Streams.Await(stage, ids, "running");
            output.WriteLine($"all run {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s after their publishers began");
            Assert.Equal(ids.Length, Streams.Workers(stage).Count);
            await Streams.AwaitDubbing(stage, ids);

            ProcessTree.Signal(await Streams.Worker(stage, ids[0]), UnixSignal.Stop);
            var hooks = Enumerable.Range(0, Hooks).Select(i => Streams.ReadyHook(ids[i % ids.Length], $"again-{i}"));
            var answers = (await AnswerTimes.MeasureAsync(stage.Service.Url, hooks, s_betweenHooks, Streams.Limit)).Order().ToList();
            var p99 = answers[(int)(0.99 * answers.Count)];
            output.WriteLine($"{answers.Count} hooks: median {answers[answers.Count / 2]:0.00} ms, 99 % within {p99:0.00} ms, slowest {answers[^1]:0.00} ms");
            Assert.InRange(p99, 0, s_hook.TotalMilliseconds);
            Streams.CheckNeverTwoPublishers(stage, ids);
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }
    }

    [Fact]
    public async Task After_a_hundred_cycles_of_ten_streams_everything_is_where_it_was()
    {
        var ids = Streams.Ids(10);
        await using var stage = await Stage.Start(Streams.Options(ids, ("DUBBING__LIFECYCLE__GRACESECONDS", "0"))
            with
        { WithoutHooks = true, Echo = new Dictionary<string, string?> { ["ECHO_CLOSE_DELAY_MS"] = "50" } });
        var publishers = ids.Select(id => Streams.Publish(stage, id)).ToList();
        try
        {
            foreach (var id in ids)
                await stage.Media.WaitForPublisher($"live/{id}/in", Streams.Limit);
            for (var i = 0; i < Warm; i++)
                await Cycle(stage, ids, publishers);
            var id0 = stage.Service.Process.Id;
            var (before, memory) = (await ProcessResources.AtRest(id0), await MegabytesAtRest(id0));
            for (var i = Warm; i < Cycles; i++)
                await Cycle(stage, ids, publishers);
            var after = await ProcessResources.AtRest(id0);
            var least = await MegabytesAtRest(id0);
            output.WriteLine($"after {Warm} cycles {memory:0.0} MB, {before.ThreadCount} threads, {before.FileCount} files; "
                + $"after {Cycles}: {least:0.0} MB, {after.ThreadCount} threads, {after.FileCount} files");
            Assert.InRange(after.ThreadCount, 0, before.ThreadCount * (1 + MostChange));
            Assert.InRange(after.FileCount, 0, before.FileCount * (1 + MostChange));
            Assert.InRange(least, 0, memory * (1 + MostChange));
            Assert.Empty(Streams.Workers(stage));
            await Streams.AwaitNoZombie(stage);
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }
    }

    private static async Task Cycle(Stage stage, string[] ids, List<Publisher> publishers)
    {
        Assert.All(publishers, publisher => Assert.False(publisher.Finished.IsCompleted, publisher.Process.Tail()));
        await Task.WhenAll(ids.Select(id => Streams.Hook(stage, "ready", id, id)));
        await Streams.AwaitDubbing(stage, ids);
        await Task.WhenAll(ids.Select(id => Streams.Hook(stage, "not-ready", id, id)));
        await Streams.Await(stage, ids, "idle");
    }

    // Memory is given back some seconds after the last stream has ended: what is resident when for longer than that no more has gone.
    private static async Task<double> MegabytesAtRest(int id)
    {
        var (least, since) = (double.MaxValue, Stopwatch.GetTimestamp());
        await Poll.Until(() =>
        {
            if (ResidentMegabytes(id) is var now && now < least)
                (least, since) = (now, Stopwatch.GetTimestamp());
            return Stopwatch.GetElapsedTime(since) > s_quiet;
        }, s_settling, () => $"{least} MB");
        return least;
    }

    private static double ResidentMegabytes(int id) =>
        long.Parse(File.ReadAllText($"/proc/{id}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize / 1e6;
}
