namespace Dubbing.Elements;

/// <summary>What is added to a publisher's timestamps to make them running time: one shift for all tracks, and another after they have
/// jumped. For the moment in which tracks carry both, each buffer takes the shift that brings it nearer to now. Not thread-safe.</summary>
internal sealed class TimestampShift
{
    /// <summary>A timestamp further from live than this has jumped.</summary>
    public static readonly TimeSpan MaxOffset = TimeSpan.FromSeconds(5);

    // Audio that was interleaved a little out of order is no jump.
    private const long MaxReorder = 1_000_000_000;

    private long? _present;
    private long? _previous;

    /// <summary>The next timestamp fixes a new shift.</summary>
    public void Reset() => (_present, _previous) = (null, null);

    /// <summary>The shift for a buffer, in ns. Timestamps that run on keep theirs however late they come: a stall is no jump.</summary>
    /// <param name="pad">The buffer's track; remembers timestamp and shift.</param>
    /// <param name="timestamp">Its timestamp, in ns.</param>
    /// <param name="target">The running time that it should have, in ns.</param>
    /// <param name="jumped">All timestamps have jumped: this one fixed a new shift.</param>
    public long For(PadPair pad, long timestamp, long target, out bool jumped)
    {
        var maxOffset = (long)MaxOffset.TotalNanoseconds;
        var runsOn = pad.Shift != null && timestamp >= pad.LastTimestamp - MaxReorder && timestamp - pad.LastTimestamp < maxOffset;
        pad.LastTimestamp = timestamp;
        jumped = false;
        if (runsOn)
            return pad.Shift!.Value;
        long Distance(long? shift) => shift is { } value ? Math.Abs(timestamp + value - target) : long.MaxValue;
        if (Distance(_present) > maxOffset && Distance(_previous) > maxOffset)
        {
            jumped = _present != null;
            (_previous, _present) = (_present, target - timestamp);
        }
        pad.Shift = Distance(_present) <= Distance(_previous) ? _present : _previous;
        return pad.Shift!.Value;
    }
}
