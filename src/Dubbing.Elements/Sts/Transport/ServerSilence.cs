namespace Dubbing.Elements.Sts;

/// <summary>
/// Fires once when nothing was received for the server's ping interval plus its timeout. The client library has no such
/// deadline: a stopped server would look connected for minutes.
/// </summary>
internal sealed class ServerSilence : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _onSilent;
    private readonly ITimer _timer;
    private long _lastReceived;
    private long _limitTicks;

    public ServerSilence(TimeProvider time, Action<TimeSpan> onSilent)
    {
        _time = time;
        _onSilent = onSilent;
        _timer = time.CreateTimer(static state => ((ServerSilence)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to watch.</summary>
    public void Begin(TimeSpan limit)
    {
        Received();
        Interlocked.Exchange(ref _limitTicks, limit.Ticks);
        _timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something came, a piece of a message included: a slow line is no silent server.</summary>
    public void Received() => Interlocked.Exchange(ref _lastReceived, _time.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        var limit = TimeSpan.FromTicks(Interlocked.Read(ref _limitTicks));
        TimeSpan rest = limit - _time.GetElapsedTime(Interlocked.Read(ref _lastReceived));
        if (rest > TimeSpan.FromMilliseconds(1))
            _timer.Change(rest, Timeout.InfiniteTimeSpan);
        else
            _onSilent(limit);
    }
}
