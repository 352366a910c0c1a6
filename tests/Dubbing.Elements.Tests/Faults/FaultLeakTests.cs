using System.Diagnostics;
using System.Globalization;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>Streams that are stopped in the middle of any fault leave nothing behind, however often.</summary>
[Collection(nameof(FaultCollection))]
public sealed class FaultLeakTests(ITestOutputHelper output)
{
    private const int Rounds = 10;
    private const long MostHeapGrowth = 1_000_000;

    // Until after the faults that come with the second fragment.
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task Ten_rounds_of_start_fault_and_stop_leave_no_thread_no_file_and_no_memory()
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
