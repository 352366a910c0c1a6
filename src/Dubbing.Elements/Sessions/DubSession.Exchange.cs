using Dubbing.Elements.Sts;
using Gst;

namespace Dubbing.Elements.Sessions;

/// <content>The exchange: one after the other, and what it tells.</content>
internal sealed partial class DubSession
{
    /// <summary>The attached source has played everything. As <see cref="DetachAsync"/> at the end of the stream, but until
    /// <see cref="Dismiss"/> it goes on hearing what its exchange tells: results that come too late, and the end.</summary>
    /// <param name="ends">The stream is over; else the session lingers for another pipeline, if it was set to.</param>
    /// <returns>Completes when the exchange was ended, at once if it lingers.</returns>
    public Task FinishAsync(bool ends)
    {
        lock (_delivery)
        {
            if (_source is { } source)
                _leaving = (_generation, source);
        }
        return DetachAsync(ends);
    }

    /// <summary>A source that has finished hears nothing any more.</summary>
    public void Dismiss(ISessionSource source)
    {
        lock (_delivery)
        {
            if (_leaving?.Source == source)
                _leaving = null;
        }
    }

    // Under both locks.
    private void Begin(StsOptions options)
    {
        var generation = ++_generation;
        _state = null;
        _exchange = _lastExchange = new StsSession(options, transports, time, happened => OnEvent(generation, happened));
        _exchange.Start();
    }

    private void OnEvent(int generation, StsEvent happened)
    {
        if (happened is FragmentDecided { Decision: var decision } && CurrentRun() is { } run)
            run.Decide(decision);
        lock (_delivery)
        {
            // An exchange that is being ended has nothing to say to the source of the next one.
            var isLeaving = generation == _leaving?.Generation;
            if (generation != _generation && !isLeaving)
                return;
            Counts.Add(happened);
            if (generation == _generation)
                _state = happened as StateChanged ?? _state;
            (isLeaving ? _leaving?.Source : _source)?.OnEvent(happened);
        }
    }

    private long DeadlineOf(ulong startTime)
    {
        ulong? position;
        lock (_delivery)
            position = _source?.RunningTime;
        var now = time.GetTimestamp();
        if (position is not { } running)
            return now;
        var left = (double)startTime + _settings.Deadline - running;
        return now + (long)(left / Clock.Second * time.TimestampFrequency);
    }

    private void Submit(Fragment fragment) => Volatile.Read(ref _exchange)?.Submit(fragment);

    // Under the lock that Detach takes: no event reaches a source that has left and may be gone.
    private void Deliver(StsEvent happened)
    {
        lock (_delivery)
            _source?.OnEvent(happened);
    }

    private void StopLingering()
    {
        _lingerTimer?.Dispose();
        _lingerTimer = null;
        DubSessions.Release(this);
    }

    /// <summary>Ends the exchange if it waits for another pipeline.</summary>
    /// <param name="reason">Why, for the STS server.</param>
    /// <returns>Completes when it was ended, at once if nothing lingers.</returns>
    public Task EndLingeringAsync(string reason)
    {
        StsSession? exchange;
        lock (_gate)
        {
            if (_source != null || _exchange == null)
                return Task.CompletedTask;
            (exchange, _exchange) = (_exchange, null);
            StopLingering();
        }
        return EndAsync(exchange, reason);
    }

    private async Task EndAsync(StsSession exchange, string reason)
    {
        try
        {
            await exchange.EndAsync(reason, TimeSpan.Zero).WaitAsync(EndTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            StsLog.Category.Warning($"the STS server did not confirm the end ({reason}) within {EndTimeout.TotalSeconds} s");
        }
        try
        {
            await exchange.DisposeAsync().ConfigureAwait(false);
        }
        catch (AggregateException fault)
        {
            // Not every exchange is ended by somebody who waits for it.
            StsLog.Category.Warning($"session '{Name}': {fault.InnerException ?? fault}");
        }
    }
}
