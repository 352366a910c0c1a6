using System.Diagnostics;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>What this process holds when everything was given back.</summary>
internal static class Leftovers
{
    // Connections, timers and idle threads of pools end a moment after their streams.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(15);
    // The shared array pool keeps what was used within the last minute.
    private static readonly TimeSpan s_pools = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private const int LooksUnchanged = 10;

    /// <summary>Threads and files when no more of them go.</summary>
    public static async Task<ProcessResources> AtRest()
    {
        var least = Now();
        for (var unchanged = 0; unchanged < LooksUnchanged; unchanged++)
        {
            await Task.Delay(s_look, TestContext.Current.CancellationToken);
            var now = Now();
            if (now.ThreadCount + now.FileCount < least.ThreadCount + least.FileCount)
                (least, unchanged) = (now, 0);
        }

        return least;
    }

    /// <summary>What there is more of than before, when that has gone that will go; empty for nothing.</summary>
    public static async Task<string> Beyond(ProcessResources before)
    {
        var watch = Stopwatch.StartNew();
        string beyond;
        while ((beyond = Now().Beyond(before)).Length > 0 && watch.Elapsed < s_settling)
            await Task.Delay(s_look, TestContext.Current.CancellationToken);
        return beyond;
    }

    /// <summary>How much more managed memory there is than before, when pools have given back what was not asked for again.</summary>
    /// <param name="before">Bytes before.</param>
    /// <param name="most">It is not waited for less than this.</param>
    public static async Task<long> HeapGrowth(long before, long most)
    {
        var watch = Stopwatch.StartNew();
        long growth;
        while ((growth = Heap() - before) > most && watch.Elapsed < s_pools)
            await Task.Delay(10 * s_look, TestContext.Current.CancellationToken);
        return growth;
    }

    /// <summary>Bytes of managed objects that are alive.</summary>
    public static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static ProcessResources Now() => ProcessResources.Of(Environment.ProcessId);
}
