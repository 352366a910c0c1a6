using System.Diagnostics;
using System.Globalization;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>Streams that are stopped in the middle of any fault leave nothing behind, however often.</summary>
[Collection(nameof(FaultCollection))]
public sealed class FaultLeakTests(ITestOutputHelper output)
{
    private const int Rounds = 10;
    private const long MostHeapGrowth = 1_000_000;
    private const string Fresh = "DUBBING_TEST_PROCESS_IS_FRESH";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    // Until after the faults that come with the second fragment.
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(2.5);

    /// <summary>In a process of its own: pools that the tests before have filled give back forty times what is looked for, meanwhile.</summary>
    [Fact]
    public Task Ten_rounds_of_start_fault_and_stop_leave_no_thread_no_file_and_no_memory() =>
        Environment.GetEnvironmentVariable(Fresh) is null ? RunInAFreshProcess() : Run();

    private async Task RunInAFreshProcess()
    {
        await using var process = ChildProcess.Start(
            Path.ChangeExtension(typeof(FaultLeakTests).Assembly.Location, null),
            ["-noColor", "-noLogo", "-showLiveOutput", "-class", typeof(FaultLeakTests).FullName!],
            new Dictionary<string, string?> { [Fresh] = "1" },
            name: "fresh process",
            onLine: line => output.WriteLine(line.Text));
        var code = await process.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Contains(process.Lines, line => line.Text.Contains("Total: 1, Errors: 0, Failed: 0", StringComparison.Ordinal));
        Assert.Equal(0, code);
    }

    private async Task Run()
    {
        await using var servers = await FaultServers.Start();
        // Two rounds fill the pools of buffers that the process keeps for good.
        await FaultLab.PlayAndStop(servers, FaultCases.All, -1, s_round);
        await FaultLab.PlayAndStop(servers, FaultCases.All, 0, s_round);
        var before = await Leftovers.AtRest();
        var heap = Leftovers.Heap();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{FaultCases.All.Count} faults a round; at rest {before.ThreadCount} threads, {before.FileCount} files, heap {heap:N0} bytes"));

        long growth = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            await FaultLab.PlayAndStop(servers, FaultCases.All, round, s_round);
            var played = watch.Elapsed;
            growth = Leftovers.Heap() - heap;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round} in {played.TotalSeconds:0.0} s: heap {growth:+#,0;-#,0;0} bytes"));
        }

        var left = await Leftovers.Beyond(before);
        growth = await Leftovers.HeapGrowth(heap, MostHeapGrowth);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in the end: heap {growth:+#,0;-#,0;0} bytes, left '{left}'"));
        Assert.Equal("", left);
        Assert.InRange(growth, long.MinValue, MostHeapGrowth);
    }
}
