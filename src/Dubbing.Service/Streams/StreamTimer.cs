namespace Dubbing.Service.Streams;

/// <summary>A timer that fires once and knows when. Disposing cancels it.</summary>
internal sealed class StreamTimer : IDisposable
{
    private readonly ITimer _timer;

    public StreamTimer(TimeProvider time, TimeSpan due, Action fire)
    {
        Due = time.GetUtcNow() + due;
        _timer = time.CreateTimer(_ => fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    public DateTimeOffset Due { get; }

    /// <summary>Set by <see cref="Dispose"/>; read and written by the stream's loop only.</summary>
    public bool IsCancelled { get; private set; }

    public void Dispose()
    {
        IsCancelled = true;
        _timer.Dispose();
    }
}
