using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Dubbing.Bench;

/// <summary>Counts what is allocated on the large object heap from now on, by type, as the runtime reports it. Thread-safe.</summary>
/// <remarks>The runtime reports after each 100 KB or so: the sum is exact to that.</remarks>
internal sealed class LargeObjects : EventListener
{
    private const EventKeywords Collector = (EventKeywords)1;
    private const uint Large = 1;

    private readonly ConcurrentDictionary<string, long> _bytes = new();

    /// <summary>Bytes by type, most first.</summary>
    public IReadOnlyList<(string Type, long Bytes)> ByType => [.. _bytes.Select(entry => (entry.Key, entry.Value)).OrderByDescending(entry => entry.Value)];

    /// <summary>All bytes.</summary>
    public long Bytes => _bytes.Values.Sum();

    /// <summary>The heap's size in bytes after a full collection.</summary>
    public static long HeapSize()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetGCMemoryInfo(GCKind.FullBlocking).GenerationInfo[3].SizeAfterBytes;
    }

    /// <inheritdoc />
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Verbose, Collector);
    }

    /// <inheritdoc />
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) == true && (uint)Field("AllocationKind") == Large)
            _bytes.AddOrUpdate((string)Field("TypeName"), Amount(), (_, sum) => sum + Amount());

        object Field(string name) => eventData.Payload![eventData.PayloadNames!.IndexOf(name)]!;
        long Amount() => (long)(ulong)Field("AllocationAmount64");
    }
}
