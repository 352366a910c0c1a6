using System.Globalization;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>Processes are killed, crash and are stopped at moments that nobody chose, also while others are about to return: in the end every
/// stream is dubbed again, and there never were two pipelines of one. <c>DUBBING_FAULT_SEED</c> takes other faults.</summary>
public sealed class RandomKillsTests(ITestOutputHelper output)
{
    private const int UsualSeed = 5;
    private const int Count = 60;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(3);

    // A stream that has failed more than six times is tried once a minute.
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(100);

    // Nothing but SIGKILL reaches them.
    private readonly HashSet<int> _stopped = [];

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Sixty_faults_at_random_moments()
    {
        var ids = Streams.Ids(3);
        var seed = Environment.GetEnvironmentVariable("DUBBING_FAULT_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : UsualSeed;
        output.WriteLine($"DUBBING_FAULT_SEED={seed}");
        var random = new Random(seed);
        await using var api = await FakeControlApi.StartAsync();
        await using var stage = await Stage.Start(Streams.Options(ids, ("MEDIAMTX_API_URL", api.Address), ("DUBBING__MEDIASERVER__RECONCILESECONDS", "15")));
        var publishers = ids.Select(id => Streams.Publish(stage, id)).ToList();
        try
        {
            await Streams.List(api, stage, ids);
            await Streams.AwaitDubbing(stage, ids);
            for (var i = 0; i < Count; i++)
            {
                // The moments are the seed's; what state they find is left to chance.
                await Task.Delay(s_longestPause * random.NextDouble(), TestContext.Current.CancellationToken);
                await Fault(stage, random);
            }

            await CheckAllIsWell(stage, ids);
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }
    }

    private Task Fault(Stage stage, Random random)
    {
        var workers = Streams.Workers(stage);
        var worker = workers.Count > 0 ? workers[random.Next(workers.Count)] : 0;
        (string Name, Func<Task> Do)[] faults =
        [
            ("a worker is killed", () => To(worker, UnixSignal.Kill)),
            ("a worker crashes", () => worker == 0 || _stopped.Contains(worker) ? Task.CompletedTask : ProcessTree.Crash(worker)),
            ("a worker is stopped", () =>
            {
                _stopped.Add(worker);
                return To(worker, UnixSignal.Stop);
            }),
            ("the service is stopped for a while", () => StopFor(stage.Service.Process, s_longestStop * random.NextDouble())),
            ("the service is killed", async () =>
            {
                ProcessTree.Signal(stage.Service.Process.Id, UnixSignal.Kill);
                await stage.RestartService();
            }),
            ("the STS server is stopped for a while", () => StopFor(stage.Echo.Process, s_longestStop * random.NextDouble())),
            ("the STS server is killed", async () =>
            {
                stage.Echo.Process.Signal(UnixSignal.Kill);
                await stage.RestartEcho();
            }),
        ];
        var (name, fault) = faults[random.Next(faults.Length)];
        output.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss.f} {name}");
        return fault();
    }

    private static Task To(int worker, UnixSignal signal)
    {
        if (worker != 0)
            ProcessTree.Signal(worker, signal);
        return Task.CompletedTask;
    }

    // The process alone, not what it has started.
    private static async Task StopFor(ChildProcess process, TimeSpan time)
    {
        ProcessTree.Signal(process.Id, UnixSignal.Stop);
        await Task.Delay(time, TestContext.Current.CancellationToken);
        ProcessTree.Signal(process.Id, UnixSignal.Continue);
    }

    private static async Task CheckAllIsWell(Stage stage, string[] ids)
    {
        foreach (var id in ids)
        {
            // What was cut after the last fault is sent, answered and played.
            var cut = (int?)(await stage.Stream(id))["fragments"]?["cut"] ?? 0;
            await stage.WaitForStream(id, stream => (string?)stream["state"] == "running", s_recovery);
            await stage.WaitForFragment(id, f => (int)f["index"]! > cut + 1 && (string?)f["outcome"] == "dubbed", s_recovery);
            await using var reader = Streams.Read(stage, id);
            await reader.FirstVideo.WaitAsync(Streams.Limit, TestContext.Current.CancellationToken);
        }

        Assert.Equal(ids.Length, Streams.Workers(stage).Count);
        Streams.CheckNeverTwoPublishers(stage, ids);
        await Streams.AwaitNoZombie(stage);
    }
}
