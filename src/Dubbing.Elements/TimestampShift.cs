namespace Dubbing.Elements;

/// <summary>What is added to a publisher's timestamps to make them running time: one shift for all tracks, and another after they have
/// jumped. For the moment in which tracks carry both, each buffer takes the shift that brings it nearer to now. Not thread-safe.</summary>
internal sealed class TimestampShift
{
    /// <summary>A timestamp further from live than this has jumped.</summary>
    public static readonly TimeSpan MaxOffset = TimeSpan.FromSeconds(5);

    // Audio that was interleaved a little out of order is no jump.
    private const long MaxReorder = 1_000_000_000;

    // A packet that comes later than its timestamp says by more than this comes after a pause of the publisher's.
    private const long MaxJitter = 100_000_000;

    private long? _present;
    private long? _previous;

    /// <summary>The next timestamp fixes a new shift.</summary>
    public void Reset() => (_present, _previous) = (null, null);

    /// <summary>The shift for a buffer, in ns. Timestamps that run on keep theirs however late they come: a stall is no jump. After a jump the stream
    /// itself runs on: the buffer follows the last one as that followed the one before it, and by as much later as nothing came.</summary>
    /// <param name="pad">The buffer's track; remembers what came.</param>
    /// <param name="timestamp">Its timestamp, in ns.</param>
    /// <param name="now">Running time now, in ns.</param>
    /// <param name="first">The running time that the first buffer of all should have, in ns.</param>
    /// <param name="jumped">All timestamps have jumped: this one fixed a new shift.</param>
    public long For(PadPair pad, long timestamp, long now, long first, out bool jumped)
    {
        var maxOffset = (long)MaxOffset.TotalNanoseconds;
        var step = timestamp - pad.LastTimestamp;
        pad.LastTimestamp = timestamp;
        jumped = false;
        if (pad.Shift is { } shift && step >= -MaxReorder && step < maxOffset)
        {
            pad.LastStep = step;
            return shift;
        }
        var target = pad.LastTime is { } last ? last + Since(pad, now) : first;
        long Distance(long? shift) => shift is { } value ? Math.Abs(timestamp + value - target) : long.MaxValue;
        if (Distance(_present) > maxOffset && Distance(_previous) > maxOffset)
        {
            jumped = _present != null;
            (_previous, _present) = (_present, target - timestamp);
        }
        pad.Shift = Distance(_present) <= Distance(_previous) ? _present : _previous;
        return pad.Shift!.Value;
    }

    private static long Since(PadPair pad, long now)
    {
        var waited = now - (long)pad.LastArrival;
        return waited - pad.LastStep < MaxJitter ? pad.LastStep : waited;
    }
}
