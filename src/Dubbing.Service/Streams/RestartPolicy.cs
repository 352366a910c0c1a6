namespace Dubbing.Service.Streams;

/// <summary>When a failed pipeline is tried again: after 1, 2, 4 … 30 s, jittered; after more than six restarts in ten minutes
/// every 60 s. Used by one thread.</summary>
/// <param name="time">The clock.</param>
/// <param name="jitter">A number from 0 to 1 for each restart; spreads the pauses by ±20 %.</param>
internal sealed class RestartPolicy(TimeProvider time, Func<double> jitter)
{
    private const int Many = 6;
    private static readonly TimeSpan _window = TimeSpan.FromMinutes(10);
    private readonly Queue<DateTimeOffset> _restarts = new();

    /// <summary>Counts a restart and says how long to wait before it, and whether there have been too many.</summary>
    public (TimeSpan Pause, bool TooMany) Next()
    {
        var now = time.GetUtcNow();
        while (_restarts.TryPeek(out var oldest) && now - oldest > _window) _restarts.Dequeue();
        _restarts.Enqueue(now);
        var tooMany = _restarts.Count > Many;
        var seconds = tooMany ? 60 : Math.Min(30, 1 << (_restarts.Count - 1));
        return (TimeSpan.FromSeconds(seconds * (0.8 + 0.4 * jitter())), tooMany);
    }
}
