namespace Dubbing.Elements;

/// <summary>Lets timestamps that begin again leap forward instead: <c>flvdemux</c> sets those that step back by 2 s or more anew, each track on its own,
/// and sound and picture part. It is one leap for both tracks, and so far that <c>livetimestamper</c> takes it for the jump that it is.
/// Not thread-safe.</summary>
internal sealed class FlvTimestamps
{
    // In ms. flvdemux: RESYNC_THRESHOLD. Once one track has jumped the other one follows sooner.
    private const int Back = 2000;
    private const int Follow = 1000;
    private const int Leap = 10_000;

    private readonly Track _audio = new();
    private readonly Track _video = new();
    private uint _offset;
    private uint? _newest;

    /// <summary>The timestamp of a frame or picture as it is passed on, in ms; 32 bits that wrap.</summary>
    public uint Next(bool isVideo, uint timestamp)
    {
        var track = isVideo ? _video : _audio;
        var step = track.Last is { } last ? unchecked((int)(timestamp - last)) : 0;
        if (step <= -Back && track.Offset == _offset)
            _offset = unchecked(_newest!.Value + Leap - timestamp);
        if (track.Last is null || step <= -Follow)
            track.Offset = _offset;
        track.Last = timestamp;
        var passed = unchecked(timestamp + track.Offset);
        _newest = _newest is { } newest && unchecked((int)(passed - newest)) < 0 ? newest : passed;
        return passed;
    }

    private sealed class Track
    {
        public uint? Last { get; set; }

        public uint Offset { get; set; }
    }
}
