namespace Dubbing.Elements.Audio;

/// <summary>Where each AAC frame of the input stands in the output, counted in samples. Not thread-safe.</summary>
/// <remarks>
/// The first frame anchors the timeline at its own running time; from then on frames follow each other without gap or
/// overlap. Timestamps are only watched: RTMP rounds them to milliseconds, RTCP shifts them, the sender's clock drifts.
/// <list type="bullet">
/// <item>Within <see cref="DeadBand"/> nothing happens: that is rounding.</item>
/// <item>Up to <see cref="MaxAbsorbed"/>, and up to <see cref="MaxStepBack"/> backward, the difference is absorbed by playing
/// frames longer or shorter, by at most <see cref="MaxSlew"/> a second.</item>
/// <item>A larger step forward is a hole of that length; in the first <see cref="Settling"/> already one of more than
/// <see cref="MaxAbsorbedSettling"/>.</item>
/// <item>A larger step backward is a new beginning: frames go on where they are, and the timestamps are anchored anew.</item>
/// </list>
/// </remarks>
public sealed class Timeline(Pcm format)
{
    /// <summary>Differences that are left alone.</summary>
    public static readonly TimeSpan DeadBand = TimeSpan.FromMilliseconds(1);

    /// <summary>The largest difference that is absorbed.</summary>
    public static readonly TimeSpan MaxAbsorbed = TimeSpan.FromMilliseconds(20);

    /// <summary>A larger step back is a new beginning; a smaller one is absorbed, however long that takes.</summary>
    public static readonly TimeSpan MaxStepBack = TimeSpan.FromMilliseconds(500);

    /// <summary>How fast differences are absorbed: so much in a second.</summary>
    public static readonly TimeSpan MaxSlew = TimeSpan.FromMilliseconds(1);

    /// <summary>How long after the first frame the source may still be finding its timestamps (RTSP: until the first RTCP
    /// report).</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>While it does, a larger difference than this is a step: absorbed slowly, it would leave sound and picture apart
    /// for long.</summary>
    public static readonly TimeSpan MaxAbsorbedSettling = TimeSpan.FromMilliseconds(3);

    // A second of 48 kHz AAC; long enough to average the rounding away.
    private const double Smoothing = 1.0 / 48;

    private readonly long _deadBand = format.Samples(DeadBand);
    private readonly long _maxStepBack = format.Samples(MaxStepBack);
    private readonly long _maxAbsorbed = format.Samples(MaxAbsorbed);
    private readonly long _maxAbsorbedSettling = format.Samples(MaxAbsorbedSettling);
    private readonly long _settling = format.Samples(Settling);
    private bool _anchored;
    private long _first;
    private long _next;
    private long _offset;
    private double _error;
    private double _owed;
    private bool _correcting;
    private long _coreSamples;
    private int _coreRate;

    /// <summary>Where the next frame goes if it follows without a gap.</summary>
    public long End => _next;

    /// <summary>How much later frames go than their timestamps say, in samples: where timestamps fell back, they are anchored anew.</summary>
    public long Shift => _offset;

    /// <summary>Places the next frame.</summary>
    /// <param name="pts">Its running time in ns.</param>
    /// <param name="coreRate">Samples a second of the AAC core.</param>
    /// <param name="frameLength">Core samples in the frame.</param>
    public FramePlacement Place(ulong pts, int coreRate, int frameLength)
    {
        var natural = NaturalLength(coreRate, frameLength);
        var target = format.ToSamples(pts) + _offset;
        var step = 0L;
        if (!_anchored)
        {
            _anchored = true;
            _next = _first = target;
        }
        else if (target - _next > (_next - _first < _settling ? _maxAbsorbedSettling : _maxAbsorbed))
        {
            step = target - _next;
            _next = target;
            _error = 0;
        }
        else if (target - _next < -_maxStepBack)
        {
            step = target - _next;
            _offset -= step;
            _error = 0;
        }
        else
        {
            _error += (target - _next - _error) * Smoothing;
        }

        // Hysteresis: once begun, a correction goes on until the difference is gone.
        if (Math.Abs(_error) > _deadBand)
            _correcting = true;
        else if (Math.Abs(_error) < _deadBand / 4.0)
            _correcting = false;
        var length = natural;
        if (_correcting)
        {
            _owed += Math.Sign(_error) * natural * MaxSlew.TotalSeconds;
            var whole = (int)_owed;
            _owed -= whole;
            length += whole;
        }
        var position = _next;
        _next += length;
        return new FramePlacement(position, length, natural, step);
    }

    /// <summary>Forgets the frames from a position on: the next one goes there.</summary>
    public void TakeBack(long position)
    {
        _next = position;
        (_error, _owed, _correcting) = (0, 0, false);
    }

    // Frames of 1024 samples at 44.1 kHz are 1114.56 long at 48 kHz: the rounding must not add up.
    private int NaturalLength(int coreRate, int frameLength)
    {
        if (coreRate != _coreRate)
        {
            _coreRate = coreRate;
            _coreSamples = 0;
        }
        var from = Scale(_coreSamples);
        _coreSamples += frameLength;
        return (int)(Scale(_coreSamples) - from);
    }

    private long Scale(long coreSamples) => (coreSamples * format.Rate * 2 + _coreRate) / (2L * _coreRate);
}
