using Dubbing.Testing;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>What this process holds when everything was given back.</summary>
internal static class Leftovers
{
    // Connections, timers and idle threads of pools end a moment after their streams.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(15);
    // The shared array pool keeps what was used within the last minute.
    private static readonly TimeSpan s_pools = TimeSpan.FromSeconds(75);
    // A look collects the whole heap.
    private static readonly TimeSpan s_heapLook = TimeSpan.FromSeconds(1);

    /// <summary>Threads and files when no more of them go.</summary>
    public static Task<ProcessResources> AtRest() => ProcessResources.AtRest(Environment.ProcessId);

    /// <summary>What there is more of than before, when that has gone that will go; empty for nothing.</summary>
    public static Task<string> Beyond(ProcessResources before) => ProcessResources.LeftBeyond(before, Environment.ProcessId, s_settling);

    /// <summary>How much more managed memory there is than before, when pools have given back what was not asked for again.</summary>
    /// <param name="before">Bytes before.</param>
    /// <param name="most">It is not waited for less than this.</param>
    public static Task<long> HeapGrowth(long before, long most) =>
        Poll.Look(() => Heap() - before, growth => growth <= most, s_pools, s_heapLook);

    /// <summary>Bytes of managed objects that are alive.</summary>
    public static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
