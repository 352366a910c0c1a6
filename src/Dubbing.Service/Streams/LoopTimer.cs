namespace Dubbing.Service.Streams;

/// <summary>A timer that fires once on a loop, and knows when. Used on that loop only.</summary>
/// <param name="loop">Where it fires.</param>
/// <param name="time">The clock.</param>
/// <param name="fired">What then happens.</param>
internal sealed class LoopTimer(SerialLoop loop, TimeProvider time, Action fired)
{
    private ITimer? _timer;

    /// <summary>When it fires; null: it is not set.</summary>
    public DateTimeOffset? Due { get; private set; }

    /// <summary>Sets it, anew where it was set already.</summary>
    public void Start(TimeSpan after)
    {
        Cancel();
        Due = time.GetUtcNow() + after;
        ITimer? timer = null;
        timer = time.CreateTimer(_ => loop.Post(() => Fire(timer!)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer = timer;
        timer.Change(after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets it unless it is set already.</summary>
    public void StartOnce(TimeSpan after)
    {
        if (Due is null) Start(after);
    }

    public void Cancel()
    {
        _timer?.Dispose();
        (_timer, Due) = (null, null);
    }

    // One that was cancelled, or set anew, while its action stood in the queue does nothing.
    private void Fire(ITimer timer)
    {
        if (_timer != timer) return;
        Cancel();
        fired();
    }
}
