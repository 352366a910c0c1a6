namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// Keeps fragments from a server that fails them all. Not thread-safe: lives on the session's loop.
/// </summary>
/// <remarks>
/// <code>
/// state     | counted failure        | success        | time over   | sent
/// Closed    | last in a row: Open    | count = 0      | –           | –
/// Open      | –                      | –              | HalfOpen    | never
/// HalfOpen  | of the probe: Open     | Closed         | –           | the one probe
/// </code>
/// A failure that does not count (the request was wrong, not the server) and a lost connection end a probe without a
/// verdict: the next fragment is the probe. Only what was sent since the breaker is half open has a verdict in it.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="failuresToOpen">Failures in a row after which it opens.</param>
/// <param name="openTime">How long it stays open.</param>
internal sealed class CircuitBreaker(TimeProvider time, int failuresToOpen, TimeSpan openTime)
{
    private int _inARow;
    private long _halfOpenAt;
    private bool _probing;

    public BreakerState State { get; private set; }

    /// <summary>Failures counted since the start.</summary>
    public ulong Failures { get; private set; }

    /// <summary>When the breaker becomes half open; null unless it is open.</summary>
    public long? HalfOpenAt => State == BreakerState.Open ? _halfOpenAt : null;

    /// <summary>A fragment may be sent now.</summary>
    public bool Admits => State == BreakerState.Closed || (State == BreakerState.HalfOpen && !_probing);

    /// <summary>A fragment is sent. True if it is the probe.</summary>
    public bool OnSent()
    {
        _probing = State == BreakerState.HalfOpen;
        return _probing;
    }

    /// <summary>Moves on with the clock. True if the state changed.</summary>
    public bool Advance(long now)
    {
        if (State != BreakerState.Open || now < _halfOpenAt)
            return false;
        State = BreakerState.HalfOpen;
        _probing = false;
        return true;
    }

    /// <summary>A failure that counts. Always something to report.</summary>
    /// <param name="now">The time.</param>
    /// <param name="probe">It is the probe's.</param>
    public void OnFailure(long now, bool probe)
    {
        Failures++;
        _inARow++;
        bool opens = State == BreakerState.HalfOpen ? probe : State == BreakerState.Closed && _inARow >= failuresToOpen;
        if (!opens)
            return;
        State = BreakerState.Open;
        _probing = false;
        _halfOpenAt = now + time.Ticks(openTime);
    }

    /// <summary>A success in time. True if the state changed.</summary>
    /// <param name="probe">It is the probe's.</param>
    public bool OnSuccess(bool probe)
    {
        if (State == BreakerState.Closed)
            _inARow = 0;
        if (State != BreakerState.HalfOpen || !probe)
            return false;
        State = BreakerState.Closed;
        _probing = false;
        _inARow = 0;
        return true;
    }

    /// <summary>A probe ended without a verdict.</summary>
    public void OnProbeVoid() => _probing = false;
}
