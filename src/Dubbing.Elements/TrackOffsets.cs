namespace Dubbing.Elements;

/// <summary>What is added to the timestamps of audio and video so that both mean the same time, as <see cref="RtpInfo"/> tells.
/// Not thread-safe.</summary>
internal sealed class TrackOffsets
{
    // As rtspsrc's max-ts-offset: a server that says more is wrong.
    private const long MaxDifference = 3_000_000_000;

    private (bool Told, long? Offset) _video;
    private (bool Told, long? Offset) _audio;
    private bool _synchronized;

    /// <summary>For video, in ns.</summary>
    public long Video => IsUsable ? _video.Offset ?? 0 : 0;

    /// <summary>For audio, in ns. Tracks that rtspsrc has brought together by RTCP keep the distance they have.</summary>
    public long Audio => !IsUsable ? 0 : _synchronized ? Video : _audio.Offset ?? 0;

    private bool IsUsable =>
        _video is not (true, null) && _audio is not (true, null)
        && !(_video.Offset is { } video && _audio.Offset is { } audio && Math.Abs(video - audio) > MaxDifference);

    /// <summary>Takes what was said of a track.</summary>
    /// <param name="isVideo">Video, or audio.</param>
    /// <param name="offset">From its timestamps to presentation time, in ns; null: the server did not say.</param>
    /// <param name="synchronized">The track was moved to where it belongs.</param>
    public void Take(bool isVideo, long? offset, bool synchronized)
    {
        if (synchronized)
            _synchronized = true;
        else if (isVideo)
            _video = (true, offset);
        else
            _audio = (true, offset);
    }

    /// <summary>Forgets everything: the stream begins anew.</summary>
    public void Reset() => (_video, _audio, _synchronized) = (default, default, false);
}
