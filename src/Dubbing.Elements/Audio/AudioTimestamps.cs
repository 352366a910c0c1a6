using Gst;

namespace Dubbing.Elements.Audio;

/// <summary>Gives AAC frames the timestamps that their sender rounded away: each frame begins where the one before it ends.
/// Not thread-safe.</summary>
/// <remarks>RTMP sends whole milliseconds and no durations; from those mp4mux would write frames of 21 and 22 ms and a last one
/// of none, whose sound a decoder leaves out. Timestamps that wander off, as the sender's clock does, are followed by at most
/// <see cref="MaxSlew"/>; a larger step is a step.</remarks>
internal sealed class AudioTimestamps(AacConfig config)
{
    /// <summary>A difference from the sender's timestamps up to this is left alone, once averaged.</summary>
    public static readonly TimeSpan DeadBand = TimeSpan.FromMilliseconds(1);

    /// <summary>A larger step is taken over as it is.</summary>
    public static readonly TimeSpan MaxStep = Timeline.MaxAbsorbed;

    /// <summary>How fast timestamps are followed: so much in a second.</summary>
    public static readonly TimeSpan MaxSlew = TimeSpan.FromMilliseconds(1);

    // About a second of frames: long enough to average rounding away.
    private const double Smoothing = 1.0 / 48;

    private double _anchor;
    private ulong _before;
    private long _frames = -1;
    private double _error;
    private bool _correcting;

    /// <summary>Length of a frame in ns.</summary>
    public ulong FrameDuration { get; } = (ulong)config.FrameLength * Clock.Second / (ulong)config.SampleRate;

    /// <summary>The exact timestamp of the next frame.</summary>
    /// <param name="pts">What the sender says, in ns.</param>
    public ulong Next(ulong pts)
    {
        _frames++;
        var expected = At(_frames);
        var difference = pts - expected;
        if (_frames == 0 || Math.Abs(difference) > MaxStepNow.TotalNanoseconds)
        {
            _before += (ulong)_frames * FrameDuration;
            (_anchor, _frames, _error, _correcting) = (pts, 0, 0, false);
            return pts;
        }
        _error += (difference - _error) * Smoothing;
        if (Math.Abs(_error) > DeadBand.TotalNanoseconds)
            _correcting = true;
        else if (Math.Abs(_error) < DeadBand.TotalNanoseconds / 4)
            _correcting = false;
        if (_correcting)
        {
            var step = Math.Sign(_error) * MaxSlew.TotalSeconds * FrameDuration;
            _anchor += step;
            _error -= step;
        }
        return Rounded(_frames);
    }

    /// <summary>The exact timestamp of a frame of which the sender says nothing, as of all but the first in an RTP packet; null before
    /// the first that it says.</summary>
    public ulong? Next() => _frames < 0 ? null : Rounded(++_frames);

    private TimeSpan MaxStepNow =>
        _before + (ulong)_frames * FrameDuration < (ulong)Timeline.Settling.TotalNanoseconds ? Timeline.MaxAbsorbedSettling : MaxStep;

    private ulong Rounded(long frames) => (ulong)Math.Max(0, Math.Round(At(frames)));

    private double At(long frames) => _anchor + (double)frames * config.FrameLength * Clock.Second / config.SampleRate;
}
