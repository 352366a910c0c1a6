namespace Dubbing.Pipeline;

/// <summary>A pipeline's latency: distributed anew when an element asks for it, and reported when it is another. Thread-safe.</summary>
internal sealed class PipelineLatency(Gst.Pipeline pipeline, PipelineReport report)
{
    private int _asked;
    private long _ticks = -1;

    /// <summary>The minimum of the LATENCY query; null before it is known.</summary>
    public TimeSpan? Current => Interlocked.Read(ref _ticks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Distributes it anew, on a thread of its own: that waits for state changes that are under way, and these for what only a
    /// watched bus can end.</summary>
    public void Recalculate()
    {
        if (Interlocked.Increment(ref _asked) == 1) _ = NativeStep.Run(RecalculateUntilAnswered, "latency");
    }

    /// <summary>Asks the pipeline what it is. A sink answers once it has something to play, which may be long after PLAYING.</summary>
    public void Update()
    {
        if (pipeline.QueryLatency() is not { Live: true } answer) return;
        var latency = TimeSpan.FromTicks((long)(answer.Min / 100));
        if (Interlocked.Exchange(ref _ticks, latency.Ticks) != latency.Ticks) report.Latency(latency);
    }

    private bool RecalculateUntilAnswered()
    {
        int answered;
        do
        {
            answered = Volatile.Read(ref _asked);
            try
            {
                pipeline.RecalculateLatency();
                Update();
            }
            catch (ObjectDisposedException)
            {
                // It ended in between: nobody needs the latency any more.
                return false;
            }
        }
        while (Interlocked.Add(ref _asked, -answered) > 0);
        return true;
    }
}
