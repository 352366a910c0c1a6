using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>The STS server goes in the middle of a fragment and comes back: what it had answered is dubbed, the rest is the
/// original, the output never notices.</summary>
public abstract class StsLostTests(ITestOutputHelper output)
{
    private const string Id = "lost";
    private static readonly TimeSpan s_fragment = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>Takes the server away.</summary>
    protected abstract void Lose(Stage stage);

    /// <summary>Brings it back.</summary>
    protected abstract Task Return(Stage stage);

    /// <summary>One loss and return.</summary>
    /// <param name="intoFragment">When it goes: share of a fragment after the third one was sent.</param>
    protected async Task Run(double intoFragment)
    {
        using var journal = new EchoJournal();
        await using var stage = await Stage.Start(Options(journal));
        await using var take = Take.Start(stage, Id, FixtureFiles.A);
        await stage.WaitForFragment(Id, f => (int)f["index"]! == 2 && (bool)f["sent"]!, s_limit);
        await Task.Delay(s_fragment * intoFragment, TestContext.Current.CancellationToken);
        Lose(stage);
        var lostAt = EchoJournal.Now;
        await stage.WaitForStream(Id, s => (string?)s["sts_state"] == "disconnected", s_limit);
        await stage.WaitForFragment(Id, f => (int)f["index"]! >= 3 && (double)f["duration_seconds"]! > 0, s_limit);
        await Return(stage);
        var result = await take.Finish(s_limit);

        var report = new MeasureReport([AudioCheck.Run(result.Output), .. FragmentSound.Check(stage, result, journal.Tones(Id))]);
        output.WriteLine(report.ToTable());
        output.WriteLine(string.Join('\n', result.Fragments.Select(f => f.ToJsonString())));
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        CheckOutcomes(result, FragmentFiles.Of(stage, Id), journal, lostAt);
    }

    private static StageOptions Options(EchoJournal journal) => new()
    {
        Ids = [Id],
        KeepIdleReaders = true,
        Fragment = s_fragment,
        StsTimeout = TimeSpan.FromSeconds(3),
        Echo = new Dictionary<string, string?>
        {
            ["ECHO_JOURNAL"] = journal.Path,
            ["ECHO_MARK"] = "true",
            // Half a fragment after a fragment was sent its answer is still to come.
            ["ECHO_PROCESSING_DELAY_MS"] = "2000",
            // A stopped server is given up after their sum.
            ["ECHO_PING_INTERVAL_MS"] = "1000",
            ["ECHO_PING_TIMEOUT_MS"] = "1500",
        },
        Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" },
    };

    private static void CheckOutcomes(TakeResult result, IReadOnlyList<string> files, EchoJournal journal, double lostAt)
    {
        var answeredBefore = journal.Entries("out", "fragment:processed", Id).Where(e => (double)e["t_ms"]! < lostAt)
            .Select(e => (string)e["fragment_id"]!).ToHashSet();
        Assert.True(answeredBefore.Count >= 2, $"{answeredBefore.Count} fragments were answered before the server was lost");
        var ready = journal.Entries("out", "stream:ready", Id);
        Assert.Equal(2, ready.Count);
        var readyAt = (double)ready[1]["t_ms"]!;

        var whole = 0;
        foreach (var (fragment, file) in result.Fragments.Zip(files))
        {
            // The file was written when the fragment was cut.
            var cutAt = (File.GetLastWriteTimeUtc(file) - DateTime.UnixEpoch).TotalMilliseconds;
            var seconds = (double)fragment["duration_seconds"]!;
            var outcome = (string?)fragment["outcome"];
            if (answeredBefore.Contains((string)fragment["id"]!))
                Assert.True(outcome == "dubbed", $"answered before the loss, but {fragment}");
            else if (cutAt < readyAt)
                Assert.True(outcome == "fallback", $"not answered before the loss, but {fragment}");
            else if (cutAt - 1000 * seconds >= readyAt && seconds >= 1 && ++whole >= 2)
                Assert.True(outcome == "dubbed", $"whole fragment number {whole} after stream:ready, but {fragment}");
        }

        Assert.True(whole >= 2, $"{whole} whole fragments were cut after the server came back");
    }
}

/// <summary>The server dies: its connections break at once.</summary>
public sealed class StsKilledTests(ITestOutputHelper output) : StsLostTests(output)
{
    [Fact]
    public Task Killed_in_the_middle_of_a_fragment() => Run(0.5);

    [Theory]
    [Trait("Category", "Soak")]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.75)]
    public Task Killed_again_and_again(double intoFragment) => Run(intoFragment);

    /// <inheritdoc/>
    protected override void Lose(Stage stage) => stage.Echo.Process.Signal(UnixSignal.Kill);

    /// <inheritdoc/>
    protected override Task Return(Stage stage) => stage.RestartEcho();
}

/// <summary>The server stalls: its connections stay open, nobody answers.</summary>
public sealed class StsStoppedTests(ITestOutputHelper output) : StsLostTests(output)
{
    [Fact]
    public Task Stopped_in_the_middle_of_a_fragment() => Run(0.5);

    [Theory]
    [Trait("Category", "Soak")]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.75)]
    public Task Stopped_again_and_again(double intoFragment) => Run(intoFragment);

    /// <inheritdoc/>
    protected override void Lose(Stage stage) => stage.Echo.Process.Signal(UnixSignal.Stop);

    /// <inheritdoc/>
    protected override Task Return(Stage stage)
    {
        stage.Echo.Process.Signal(UnixSignal.Continue);
        return Task.CompletedTask;
    }
}
