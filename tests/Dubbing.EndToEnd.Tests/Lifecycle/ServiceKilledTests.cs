using Dubbing.Testing;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>The service dies in the middle of everything: its workers die with it, also one that hangs, and the next one takes all streams up
/// again that the media server has, though nobody tells it.</summary>
public sealed class ServiceKilledTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_gone = TimeSpan.FromSeconds(1);

    [Fact]
    public Task Killed_with_three_streams_one_of_which_hangs() => Run(3);

    [Fact]
    [Trait("Category", "Soak")]
    public Task Killed_with_ten_streams_one_of_which_hangs() => Run(10);

    private async Task Run(int count)
    {
        var ids = Streams.Ids(count);
        await using var api = await FakeControlApi.StartAsync();
        await using var stage = await Stage.Start(Streams.Options(ids, ("MEDIAMTX_API_URL", api.Address), ("DUBBING__MEDIASERVER__RECONCILESECONDS", "15")));
        var publishers = ids.Select(id => Streams.Publish(stage, id)).ToList();
        try
        {
            await Streams.List(api, stage, ids);
            await Streams.Await(stage, ids, "running");
            await Kill(stage, ids);

            var at = DateTimeOffset.UtcNow;
            await stage.RestartService();
            await Task.WhenAll(ids.Select(id => CheckReturn(stage, id, at)));
            Assert.Equal(count, Streams.Workers(stage).Count);
            Streams.CheckNeverTwoPublishers(stage, ids);
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }
    }

    private static async Task Kill(Stage stage, string[] ids)
    {
        var workers = Streams.Workers(stage);
        Assert.Equal(ids.Length, workers.Count);
        ProcessTree.Signal(await Streams.Worker(stage, ids[^1]), UnixSignal.Stop);
        // Not its group: what the workers do is theirs.
        ProcessTree.Signal(stage.Service.Process.Id, UnixSignal.Kill);
        await stage.Service.Process.Exited.WaitAsync(Streams.Limit, TestContext.Current.CancellationToken);
        List<int> left = [];
        await Poll.Until(() => (left = [.. workers.Where(ProcessTree.IsAlive)]).Count == 0, s_gone, () => $"workers {string.Join(", ", left)} outlive the service");
        foreach (var id in ids)
            await stage.Media.WaitForNoPublisher($"live/{id}/out", s_gone);
    }

    private async Task CheckReturn(Stage stage, string id, DateTimeOffset at)
    {
        var playing = await StreamEvents.PlayingAfter(stage, id, at);
        var played = MonotonicClock.NowNs - (DateTimeOffset.UtcNow - playing).TotalNanoseconds;
        await using var reader = Streams.Read(stage, id);
        var limit = await Streams.FirstPictureWithin(stage, id);
        var picture = await reader.FirstVideo.WaitAsync(Streams.Limit, TestContext.Current.CancellationToken);
        var seen = TimeSpan.FromSeconds((picture.ArrivalNs - played) / 1e9);
        output.WriteLine($"{id}: PLAYING {(playing - at).TotalSeconds:0.00} s after the start, seen {seen.TotalSeconds:0.00} s later, limit {limit.TotalSeconds:0.00} s");
        Assert.InRange(playing - at, TimeSpan.Zero, s_again);
        Assert.InRange(seen, TimeSpan.Zero, limit);
    }
}
