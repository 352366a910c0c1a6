using System.Collections.Concurrent;

namespace Dubbing.Service.Streams;

/// <summary>Publishers whose streams were stopped by hand: that the media server goes on listing them begins no other run. They outlive the
/// stream's own memory. Thread-safe.</summary>
internal sealed class DismissedPublishers
{
    private readonly ConcurrentDictionary<string, string> _sources = new(StringComparer.Ordinal);

    /// <summary>A stream's publisher was dismissed.</summary>
    public void Add(string streamId, string sourceId) => _sources[streamId] = sourceId;

    /// <summary>Whether it is that publisher that was.</summary>
    public bool Contains(string streamId, string sourceId) => _sources.TryGetValue(streamId, out var source) && source == sourceId;

    /// <summary>The stream's publisher has left, or another one has come.</summary>
    public void Remove(string streamId) => _sources.TryRemove(streamId, out _);

    /// <summary>Only these streams have publishers.</summary>
    public void KeepOnly(IReadOnlyDictionary<string, StreamSource> listed)
    {
        foreach (var id in _sources.Keys.Where(id => !listed.ContainsKey(id))) Remove(id);
    }
}
