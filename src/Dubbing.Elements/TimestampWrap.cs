namespace Dubbing.Elements;

/// <summary>Undoes the wrap of timestamps that have 32 bits of ms, as those of FLV and RTMP, which begin anywhere: each is taken for the time
/// nearest to the one before, of either track. A jump stays one. Not thread-safe.</summary>
/// <remarks><c>flvdemux</c> passes them on as they are, and adds the composition time in 32 bits, so that for some pictures
/// decoding and presentation time lie on different sides of the wrap.</remarks>
internal sealed class TimestampWrap
{
    private const long Period = (1L << 32) * 1_000_000;

    private long? _last;

    /// <summary>The next timestamp stands for itself.</summary>
    public void Reset() => _last = null;

    /// <summary>The time that a timestamp stands for, on a line without an end.</summary>
    /// <param name="timestamp">As it came, in ns.</param>
    /// <returns>In ns; negative before the origin.</returns>
    public long Undo(ulong timestamp)
    {
        var time = (long)timestamp;
        if (_last is { } last)
            time += Period * (long)Math.Round((last - time) / (double)Period);
        _last = time;
        return time;
    }
}
