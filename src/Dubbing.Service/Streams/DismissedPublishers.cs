using System.Collections.Concurrent;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>Publishers whose streams were stopped by hand: that the media server goes on listing them begins no other run. They outlive the
/// stream's own memory. Thread-safe.</summary>
internal sealed class DismissedPublishers(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (string Id, TimeSpan At)> _sources = new(StringComparer.Ordinal);

    /// <summary>A stream's publisher was dismissed.</summary>
    public void Add(string streamId, string sourceId) => _sources[streamId] = (sourceId, time.Now());

    /// <summary>Whether it is that publisher that was.</summary>
    public bool Contains(string streamId, string sourceId) => _sources.TryGetValue(streamId, out var source) && source.Id == sourceId;

    /// <summary>The stream's publisher has left, or another one has come.</summary>
    public void Remove(string streamId) => _sources.TryRemove(streamId, out _);

    /// <summary>Only these streams had publishers at that time (<see cref="Monotonic"/>): who was dismissed later may not have been there yet.</summary>
    public void KeepOnly(IReadOnlyDictionary<string, StreamSource> listed, TimeSpan asOf)
    {
        foreach (var dismissed in _sources.Where(entry => !listed.ContainsKey(entry.Key) && entry.Value.At <= asOf)) _sources.TryRemove(dismissed);
    }
}
