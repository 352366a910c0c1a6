using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// When the next fragment may be sent, as far as the server's backpressure goes. Not thread-safe: lives on the session's loop.
/// </summary>
/// <remarks>
/// <code>
/// state    | slow_down | pause  | none | clock                    | sent       | answer to the probe
/// Open     | Slow      | Paused | –    | –                        | –          | –
/// Slow     | new delay | Paused | Open | –                        | wait again | –
/// Paused   | Slow      | longer | Open | delay over: Probe        | –          | –
/// Probe    | Slow      | Paused | Open | –                        | Probed     | –
/// Probed   | Slow      | Paused | Open | time over: Open          | –          | Open, in 250 ms
/// </code>
/// What a server repeats without a fragment in between is one request: a pause never outlives 10 s, a slow_down's delay counts from its
/// first word or from the last fragment. A server may look at its load, and say <c>none</c>, only when a fragment arrives.
/// Its answer to the probe and its word about the load come in any order: hence the 250 ms. Without an answer the gate opens
/// after 10 s. For the same reason, and because servers report a failure as a result and as an error, nothing is sent in the 250 ms after
/// one that is to be tried again.
/// </remarks>
internal sealed class SendGate(TimeProvider time)
{
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan AfterAnswer = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(1);

    private Mode _mode;
    private long _delay;
    private long _since;
    private long _opensAt;
    private string? _probe;
    private long? _failedUntil;

    private enum Mode
    {
        Open,
        Slow,
        Paused,
        Probe,
        Probed,
    }

    /// <summary>When the clock changes something; null if it does not.</summary>
    public long? NextChange => _mode is not (Mode.Slow or Mode.Paused or Mode.Probed) ? _failedUntil
        : _failedUntil is { } until ? Math.Max(until, _opensAt) : _opensAt;

    /// <summary>A fragment may be sent.</summary>
    public bool IsOpen(long now)
    {
        if (_failedUntil > now)
            return false;
        _failedUntil = null;
        if (_mode == Mode.Paused && now >= _opensAt)
            _mode = Mode.Probe;
        if (_mode == Mode.Probed && now >= _opensAt)
            _mode = Mode.Open;
        return _mode is Mode.Open or Mode.Probe || (_mode == Mode.Slow && now >= _opensAt);
    }

    /// <summary>The server asked.</summary>
    /// <param name="action">One of <see cref="BackpressureAction"/>.</param>
    /// <param name="delayMs">The delay it recommends.</param>
    /// <param name="now">The time.</param>
    /// <returns>The delay that is applied.</returns>
    public TimeSpan OnBackpressure(string action, long? delayMs, long now)
    {
        TimeSpan delay = delayMs is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, LongestPause.TotalMilliseconds)) : DefaultDelay;
        switch (action)
        {
            case BackpressureAction.SlowDown:
                if (_mode != Mode.Slow)
                    _since = now;
                _mode = Mode.Slow;
                _delay = time.Ticks(delay);
                _opensAt = _since + _delay;
                return delay;
            case BackpressureAction.Pause:
                if (_mode is not (Mode.Paused or Mode.Probe))
                    _since = now;
                _mode = Mode.Paused;
                _opensAt = Math.Min(now + time.Ticks(delay), _since + time.Ticks(LongestPause));
                return delay;
            default:
                _mode = Mode.Open;
                return TimeSpan.Zero;
        }
    }

    /// <summary>A fragment was sent.</summary>
    public void OnSent(string fragmentId, long now)
    {
        if (_mode == Mode.Slow)
        {
            _since = now;
            _opensAt = now + _delay;
        }

        if (_mode != Mode.Probe)
            return;
        _mode = Mode.Probed;
        _probe = fragmentId;
        _opensAt = now + time.Ticks(LongestPause);
    }

    /// <summary>The server acknowledged, processed or refused a fragment.</summary>
    public void OnAnswer(string fragmentId, long now)
    {
        if (_mode == Mode.Probed && fragmentId == _probe)
            _opensAt = Math.Min(_opensAt, now + time.Ticks(AfterAnswer));
    }

    /// <summary>The server failed at a fragment that is to be sent once more.</summary>
    public void OnFailure(long now) => _failedUntil = now + time.Ticks(AfterAnswer);

    /// <summary>Back to normal: a new connection knows nothing of the old one's load.</summary>
    public void Reset()
    {
        _mode = Mode.Open;
        _failedUntil = null;
    }
}
