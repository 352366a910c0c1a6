namespace Dubbing.Elements.Audio;

/// <summary>Follows a sender whose clock runs faster or slower than ours, for audio and video alike. Not thread-safe.</summary>
/// <remarks>What is watched is how long after its timestamp a buffer comes: the least of a window, which no jitter of the network
/// can make smaller. The first whole window sets what is normal; from then on timestamps are moved, by at most
/// <see cref="MaxSlew"/> a second, so that it stays so. Without that 50 ppm would eat 180 ms of the margin every hour.</remarks>
internal sealed class SenderClock
{
    /// <summary>How fast timestamps are moved: so much in a second.</summary>
    public static readonly TimeSpan MaxSlew = TimeSpan.FromMilliseconds(0.6);

    /// <summary>Lateness is judged over windows of this length.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    // A difference is made good within about this time.
    private static readonly TimeSpan Reaction = TimeSpan.FromSeconds(10);

    private long? _normal;
    private long _windowMinimum = long.MaxValue;
    private ulong _windowEnd;
    private ulong _last;
    private double _rate;
    private double _correction;
    private int _windows;

    /// <summary>Takes a buffer into account.</summary>
    /// <param name="now">Running time in ns.</param>
    /// <param name="timestamp">The buffer's timestamp as mapped to running time, without this correction, in ns.</param>
    /// <returns>What is to be added to the timestamp, in ns.</returns>
    public long Correct(ulong now, long timestamp)
    {
        if (_windowEnd == 0)
            _windowEnd = now + (ulong)Window.TotalNanoseconds;
        else
            _correction += _rate * (now - _last);
        _last = now;
        _windowMinimum = Math.Min(_windowMinimum, (long)now - timestamp - (long)_correction);
        if (now >= _windowEnd)
            EndWindow(now);
        return (long)_correction;
    }

    /// <summary>The mapping changed: begins anew, with the correction that was reached.</summary>
    public void Reset()
    {
        (_normal, _windowMinimum, _windowEnd, _rate, _windows) = (null, long.MaxValue, 0, 0, 0);
    }

    private void EndWindow(ulong now)
    {
        // The first window has the burst of the join in it.
        if (++_windows == 2)
            _normal = _windowMinimum;
        if (_normal is { } normal)
            _rate = Math.Clamp((_windowMinimum - normal) / Reaction.TotalNanoseconds, -MaxSlew.TotalSeconds, MaxSlew.TotalSeconds);
        _windowMinimum = long.MaxValue;
        _windowEnd = now + (ulong)Window.TotalNanoseconds;
    }
}
