using System.Collections.Concurrent;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>All streams that the service knows. Thread-safe.</summary>
internal sealed class StreamRegistry(StreamContext context)
{
    private readonly ConcurrentDictionary<string, Lazy<StreamSupervisor>> _streams = new(StringComparer.Ordinal);
    private volatile bool _draining;

    /// <summary>Streams that run or ended lately, by id.</summary>
    public IReadOnlyList<StreamSupervisor> All =>
        [.. _streams.Values.Select(stream => stream.Value).OrderBy(stream => stream.Id, StringComparer.Ordinal)];

    /// <summary>A stream, or null when it is not known.</summary>
    public StreamSupervisor? Find(string id) => _streams.TryGetValue(id, out var stream) ? stream.Value : null;

    /// <summary>A publisher came.</summary>
    public Task<HookAnswer> ReadyAsync(string id, StreamSource source) => AskAsync(id, stream => stream.ReadyAsync(source));

    /// <summary>The API named an input.</summary>
    public Task<HookAnswer> StartAsync(string id, StreamSource source) => AskAsync(id, stream => stream.StartAsync(source));

    /// <summary>A publisher left.</summary>
    public async Task<HookAnswer> NotReadyAsync(string id, string sourceId)
    {
        if (_draining) return new HookAnswer(HookResult.Draining, "the service is stopping");
        return (Find(id) is { } stream ? await stream.NotReadyAsync(sourceId) : null)
            ?? new HookAnswer(HookResult.NotRunning, "nothing runs");
    }

    /// <summary>Compares with what the media server lists: starts what is missing, lets end what it has no longer.</summary>
    /// <param name="listed">Publishers by stream.</param>
    /// <param name="server">The control API that was asked: runs of another media server are none of its business.</param>
    /// <param name="asOf">When the list was asked for (<see cref="Monotonic"/>): hooks that came after that count more.</param>
    /// <returns>By stream what had to be done; a stream that was as it should be is not among them.</returns>
    public async Task<IReadOnlyDictionary<string, HookAnswer>> ListedAsync(Uri server, IReadOnlyDictionary<string, StreamSource> listed, TimeSpan asOf)
    {
        var done = new Dictionary<string, HookAnswer>();
        context.Dismissed.KeepOnly(listed, asOf);
        foreach (var (id, source) in listed.Where(entry => Find(entry.Key) is not null || !context.Dismissed.Contains(entry.Key, entry.Value.Id)))
        {
            var stream = Of(id);
            if (_draining) break;
            if (await stream.ListedAsync(server, source, asOf) is { } answer) done[id] = answer;
        }

        foreach (var other in All.Where(stream => !listed.ContainsKey(stream.Id))) await other.ListedAsync(server, null, asOf);
        return done;
    }

    /// <summary>The media server's list can't be had.</summary>
    public void ListUnknown()
    {
        foreach (var stream in All) stream.ListUnknown();
    }

    /// <summary>Takes no more publishers and plays out every stream, all at once.</summary>
    public Task DrainAsync()
    {
        _draining = true;
        return Task.WhenAll(All.Select(stream => stream.ShutdownAsync()));
    }

    /// <summary>Removes segment files that are beyond what is kept.</summary>
    public void Tidy() => context.Folders.Tidy();

    private async Task<HookAnswer> AskAsync(string id, Func<StreamSupervisor, Task<HookAnswer?>> ask)
    {
        while (true)
        {
            var stream = Of(id);
            // Asked after the stream was added: either we see that the drain has begun, or the drain sees the stream.
            if (_draining) return new HookAnswer(HookResult.Draining, "the service is stopping");
            // Null: it retired between our finding and asking it.
            if (await ask(stream) is { } answer) return answer;
        }
    }

    private StreamSupervisor Of(string id) =>
        _streams.GetOrAdd(id, _ => new Lazy<StreamSupervisor>(() => new StreamSupervisor(id, context, Remove))).Value;

    private void Remove(StreamSupervisor stream) => _streams.TryRemove(stream.Id, out _);
}
