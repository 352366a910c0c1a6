using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>When a pipeline that ended too early is tried again: after 1, 2, 4 … 30 s, jittered; after more than six failures in ten minutes
/// every 60 s. An input or an output that was lost is no failure of the pipeline. Used by one thread.</summary>
/// <param name="time">The clock.</param>
/// <param name="jitter">A number from 0 to 1 for each restart; spreads the pauses by ±20 %.</param>
internal sealed class RestartPolicy(TimeProvider time, Func<double> jitter)
{
    private const int Many = 6;
    private const int MostDoublings = 5;
    private static readonly TimeSpan _window = TimeSpan.FromMinutes(10);
    private readonly Queue<TimeSpan> _failures = new();
    private readonly Queue<TimeSpan> _losses = new();

    /// <summary>Counts a restart and says how long to wait before it, and whether there have been too many failures.</summary>
    /// <param name="isFailure">The pipeline itself failed; else its input or its output was lost.</param>
    public (TimeSpan Pause, bool TooMany) Next(bool isFailure)
    {
        var now = time.Now();
        foreach (var past in (Queue<TimeSpan>[])[_failures, _losses])
        {
            while (past.TryPeek(out var oldest) && now - oldest > _window) past.Dequeue();
        }

        // Each by itself: a pipeline that crashes for the first time is not slow to come back because an output was lost before.
        var alike = isFailure ? _failures : _losses;
        alike.Enqueue(now);
        var tooMany = isFailure && _failures.Count > Many;
        var seconds = tooMany ? 60 : Math.Min(30, 1 << Math.Min(MostDoublings, alike.Count - 1));
        return (TimeSpan.FromSeconds(seconds * (0.8 + 0.4 * jitter())), tooMany);
    }

    /// <summary>Another publisher is there: what was lost with the ones before makes no pause longer.</summary>
    public void ForgetLosses() => _losses.Clear();
}
