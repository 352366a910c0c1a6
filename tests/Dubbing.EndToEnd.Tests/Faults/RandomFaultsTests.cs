using System.Globalization;
using Dubbing.Testing;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>One fault after another between the service and its STS server: the output never notices, and when the line is good again,
/// dubbing goes on. <c>DUBBING_FAULT_SEED</c> takes other faults.</summary>
public sealed class RandomFaultsTests(ITestOutputHelper output)
{
    private const string Id = "faulty";
    private const int UsualSeed = 20261122;
    private static readonly TimeSpan s_fragment = TimeSpan.FromSeconds(3);

    // From the last fault on: reconnect delays have grown, and the breaker may be open for 30 s.
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Random_faults_for_half_a_minute()
    {
        using var journal = new EchoJournal();
        await using var faults = await RandomFaults.Start(Seed(), Echo(journal));
        await using var stage = await Stage.Start(Options(faults));
        await Play(stage, faults, journal, FixtureFiles.A, TimeSpan.FromSeconds(30));
    }

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Random_faults_for_ten_minutes()
    {
        var minutes = TimeSpan.FromMinutes(5);
        using var journal = new EchoJournal();
        await using var faults = await RandomFaults.Start(Seed(), Echo(journal));
        await using var stage = await Stage.Start(Options(faults));
        await Play(stage, faults, journal, FixtureFiles.Long, minutes);
        var atRest = await ProcessResources.AtRest(stage.Service.Process.Id);
        var result = await Play(stage, faults, journal, FixtureFiles.Long, minutes, recovers: true);
        Assert.All(result.Fragments.Where(f => (bool)f["sent"]!).TakeLast(3), f => Assert.Equal("dubbed", (string?)f["outcome"]));

        Assert.Empty(await ProcessResources.LeftBeyond(atRest, stage.Service.Process.Id, s_settling));
        output.WriteLine($"at rest after 5 and after 10 minutes: {atRest.ThreadCount} threads, {atRest.FileCount} files");
    }

    private async Task<TakeResult> Play(Stage stage, RandomFaults faults, EchoJournal journal, string clip, TimeSpan spoiled, bool recovers = false)
    {
        await using var take = Take.Start(stage, Id, clip, loops: recovers ? 1 : 0);
        await faults.Run(spoiled);
        if (recovers)
        {
            var before = await Dubbed(stage);
            await Poll.Until(async () => await Dubbed(stage) >= before + 3, s_recovery, () => "fewer than three fragments dubbed since the last fault");
            await take.Publisher.Stop();
        }

        var result = await take.Finish(TimeSpan.FromMinutes(7));
        foreach (var line in faults.Done)
            output.WriteLine(line);
        var counts = result.Status["fragments"]!;
        output.WriteLine(counts.ToJsonString());
        var audio = AudioCheck.Run(result.Output);
        var report = new MeasureReport([audio, PacingCheck.Run(result.Output)]);
        output.WriteLine(report.ToTable());

        Assert.NotEmpty(faults.Done);
        Assert.True(audio.Ok, report.ToTable());
        Assert.Equal((long)counts["cut"]!, (long)counts["dubbed"]! + counts["fallback"]!.AsObject().Sum(reason => (long)reason.Value!));
        Assert.All(result.Fragments, f => Assert.NotNull(f["outcome"]));
        Assert.Equal(0, (int)result.Status["restarts"]!);
        Assert.DoesNotContain(journal.Entries("in", "fragment:data", Id), e => (string?)e["rejected"] == "BACKPRESSURE_EXCEEDED");
        return result;
    }

    private static async Task<long> Dubbed(Stage stage) => (long)(await stage.Stream(Id))["fragments"]!["dubbed"]!;

    private int Seed()
    {
        var seed = Environment.GetEnvironmentVariable("DUBBING_FAULT_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : UsualSeed;
        output.WriteLine($"DUBBING_FAULT_SEED={seed}");
        return seed;
    }

    private static Dictionary<string, string?> Echo(EchoJournal journal) => new()
    {
        ["ECHO_JOURNAL"] = journal.Path,
        ["ECHO_PROCESSING_DELAY_MS"] = "300",
        // A silent server is given up after their sum.
        ["ECHO_PING_INTERVAL_MS"] = "1000",
        ["ECHO_PING_TIMEOUT_MS"] = "2000",
    };

    private static StageOptions Options(RandomFaults faults) => new()
    {
        Ids = [Id],
        KeepIdleReaders = true,
        Fragment = s_fragment,
        StsTimeout = s_fragment,
        StsUrl = faults.Proxy.Url.ToString(),
        Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" },
    };
}
