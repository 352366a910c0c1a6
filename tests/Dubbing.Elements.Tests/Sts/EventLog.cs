using System.Threading.Channels;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>The session's events, all of them, and awaitable one after the other.</summary>
internal sealed class EventLog(TimeSpan limit)
{
    private readonly Channel<StsEvent> _events = Channel.CreateUnbounded<StsEvent>();
    private readonly List<StsEvent> _all = [];

    public void Add(StsEvent happened)
    {
        lock (_all)
            _all.Add(happened);
        _events.Writer.TryWrite(happened);
    }

    public IReadOnlyList<T> All<T>() where T : StsEvent
    {
        lock (_all)
            return [.. _all.OfType<T>()];
    }

    /// <summary>Waits for the next event of that kind that fits, passing over others.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? fits = null) where T : StsEvent
    {
        using var cancel = new CancellationTokenSource(limit);
        try
        {
            while (true)
            {
                if (await _events.Reader.ReadAsync(cancel.Token) is T found && (fits is null || fits(found)))
                    return found;
            }
        }
        catch (OperationCanceledException)
        {
            lock (_all)
                throw new TimeoutException($"No {typeof(T).Name} within {limit}; seen: {string.Join(", ", _all)}");
        }
    }

    public Task<StateChanged> StateAsync(StsState state) => NextAsync<StateChanged>(changed => changed.State == state);
}
