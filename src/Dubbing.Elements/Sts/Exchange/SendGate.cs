namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// When the next fragment may be sent, as far as the server's backpressure goes. Not thread-safe: lives on the session's loop.
/// </summary>
/// <remarks>
/// <code>
/// state    | slow_down | pause  | none | clock                    | sent                     | answer of any kind
/// Open     | Slow      | Paused | –    | –                        | –                        | –
/// Slow     | new delay | Paused | Open | –                        | wait again               | –
/// Paused   | Slow      | longer | Open | delay over: Probe        | –                        | –
/// Probe    | Slow      | Paused | Open | –                        | Probed                   | –
/// Probed   | Slow      | Paused | Open | 10 s over: Open          | –                        | Open
/// </code>
/// Pauses that follow each other without a fragment in between are one pause, which never outlives 10 s: a server may look
/// at its load, and say <c>none</c>, only when a fragment arrives.
/// </remarks>
internal sealed class SendGate(TimeProvider time)
{
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(1);

    private enum Mode
    {
        Open,
        Slow,
        Paused,
        Probe,
        Probed,
    }

    private Mode _mode;
    private long _delay;
    private long _opensAt;
    private long _pausedSince;

    /// <summary>When the clock changes something; null if it does not.</summary>
    public long? NextChange => _mode is Mode.Slow or Mode.Paused or Mode.Probed ? _opensAt : null;

    /// <summary>A fragment may be sent.</summary>
    public bool IsOpen(long now)
    {
        if (_mode == Mode.Paused && now >= _opensAt)
            _mode = Mode.Probe;
        if (_mode == Mode.Probed && now >= _opensAt)
            _mode = Mode.Open;
        return _mode is Mode.Open or Mode.Probe || (_mode == Mode.Slow && now >= _opensAt);
    }

    /// <summary>The server asked. Returns the delay that is applied, or null if the action is unknown.</summary>
    public TimeSpan? OnBackpressure(string? action, long? delayMs, long now)
    {
        TimeSpan delay = delayMs is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, LongestPause.TotalMilliseconds)) : DefaultDelay;
        switch (action)
        {
            case "slow_down":
                _mode = Mode.Slow;
                _delay = time.Ticks(delay);
                _opensAt = now + _delay;
                return delay;
            case "pause":
                if (_mode is not (Mode.Paused or Mode.Probe))
                    _pausedSince = now;
                _mode = Mode.Paused;
                _opensAt = Math.Min(now + time.Ticks(delay), _pausedSince + time.Ticks(LongestPause));
                return delay;
            case "none":
                Reset();
                return TimeSpan.Zero;
            default:
                return null;
        }
    }

    /// <summary>A fragment was sent.</summary>
    public void OnSent(long now)
    {
        if (_mode == Mode.Slow)
            _opensAt = now + _delay;
        if (_mode != Mode.Probe)
            return;
        _mode = Mode.Probed;
        _opensAt = now + time.Ticks(LongestPause);
    }

    /// <summary>The server acknowledged or processed a fragment: if it had wanted another pause it would have said so first.</summary>
    public void OnAnswer()
    {
        if (_mode == Mode.Probed)
            Reset();
    }

    /// <summary>Back to normal: a new connection knows nothing of the old one's load.</summary>
    public void Reset() => _mode = Mode.Open;
}
