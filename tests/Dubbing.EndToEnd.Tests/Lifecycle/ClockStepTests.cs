using Dubbing.EndToEnd.Tests.Flow;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>The machine's clock is set while a stream is dubbed: nobody sees or hears it, and the end comes when it would have come.</summary>
/// <remarks>libfaketime, in the service and its workers, moves the wall clock alone: setting a clock does not touch CLOCK_MONOTONIC.</remarks>
public sealed class ClockStepTests(ITestOutputHelper output)
{
    private const string Id = "step";
    // Longer than it takes to see that the output has ended.
    private const int GraceSeconds = 30;
    private static readonly TimeSpan s_accuracy = TimeSpan.FromMinutes(1);

    [Fact]
    [Trait("Category", "Soak")]
    public async Task The_clock_is_set_back_an_hour_and_forward_a_day()
    {
        using var folder = new TemporaryFolder();
        var offset = folder.File("offset");
        await File.WriteAllTextAsync(offset, "+0\n", TestContext.Current.CancellationToken);
        await using var stage = await Stage.Start(FlowJudge.Options(Id) with
        {
            Fragment = TimeSpan.FromSeconds(3),
            Service = new Dictionary<string, string?>
            {
                ["DUBBING__LIFECYCLE__GRACESECONDS"] = $"{GraceSeconds}",
                // $LIB is the dynamic linker's: lib/x86_64-linux-gnu.
                ["LD_PRELOAD"] = "/usr/$LIB/faketime/libfaketimeMT.so.1",
                ["FAKETIME_TIMESTAMP_FILE"] = offset,
                // Seconds between looks at the file: one at each call would take the processor for itself.
                ["FAKETIME_CACHE_DURATION"] = "1",
                ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
                // What it does for older C libraries lets every wait for a time return at once.
                ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
            },
        });
        await using var take = Take.Start(stage, Id, FixtureFiles.A);
        await SetAsync(stage, offset, TimeSpan.Zero);
        await stage.WaitForFragment(Id, f => (int)f["index"]! == 1 && (string?)f["outcome"] == "dubbed", Streams.Limit);
        await SetAsync(stage, offset, TimeSpan.FromHours(-1));
        await stage.WaitForFragment(Id, f => (int)f["index"]! == 4 && (string?)f["outcome"] == "dubbed", Streams.Limit);
        await SetAsync(stage, offset, TimeSpan.FromDays(1));
        var result = await take.Finish(FlowJudge.TakeLimit);
        await stage.WaitForState(Id, Streams.Limit, "stopping");
        await SetAsync(stage, offset, TimeSpan.FromHours(-1));
        await stage.WaitForState(Id, TimeSpan.FromSeconds(GraceSeconds + 15), "idle");

        var report = FlowJudge.Judge(result);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        Assert.Equal(0, (int)result.Status["restarts"]!);
        Assert.All(result.Fragments.Where(f => (bool)f["sent"]!), f => Assert.Equal("dubbed", (string?)f["outcome"]));
    }

    // The service's own answers show that the clock was set for it.
    private static async Task SetAsync(Stage stage, string file, TimeSpan offset)
    {
        await File.WriteAllTextAsync(file, $"{offset.TotalSeconds:+0;-0;+0}\n", TestContext.Current.CancellationToken);
        await Testing.Poll.Until(
            async () =>
            {
                using var answer = await stage.Service.Http.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
                return (answer.Headers.Date!.Value - DateTimeOffset.UtcNow - offset).Duration() < s_accuracy;
            },
            Streams.Limit, () => "the service's clock is not where it was set");
    }
}
