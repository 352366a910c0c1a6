using System.Runtime.InteropServices;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Audio;

/// <summary>Decodes the input's AAC frames in one run, across fragments: a fragment decoded on its own is damaged in its first
/// 1024 samples, because AAC frames overlap. <see cref="HasFailed"/>, <see cref="Push"/> and <see cref="Drain"/> come from one thread at a time.</summary>
internal sealed class OriginalDecoder : IDisposable
{
    // A shorter step between output timestamps is rounding; a longer one is a frame that the decoder could not use.
    private static readonly TimeSpan LostFrame = TimeSpan.FromMilliseconds(10);

    private readonly Pcm _format;
    private readonly Action<long, short[]> _onPcm;
    private readonly Queue<FramePlacement> _placements = new();
    private readonly DecodePipeline _pipeline;
    private readonly List<short> _pending = [];
    private long _received;
    private long _pushed;
    private long _end = long.MaxValue;
    private bool _failed;

    /// <summary>Starts a decoder.</summary>
    /// <param name="audio">The input's configuration.</param>
    /// <param name="format">What comes out.</param>
    /// <param name="onPcm">Receives position and interleaved samples, in order, on the decoder's streaming thread.</param>
    public OriginalDecoder(Mp4Audio audio, Pcm format, Action<long, short[]> onPcm)
    {
        _format = format;
        _onPcm = onPcm;
        using var caps = Caps.FromString(
            $"audio/mpeg,mpegversion=4,framed=true,stream-format=raw,rate={audio.SampleRate},channels={audio.Channels},"
            + $"codec_data=(buffer){Convert.ToHexString(audio.Config)}");
        _pipeline = new DecodePipeline("appsrc name=in format=time max-bytes=0", DecodePipeline.AacDecoder, format, source => AppSrc.SetCaps(source, caps),
            OnPcm, () => Deliver(final: true));
    }

    /// <summary>Whether it gave up on the stream: another one has to take over.</summary>
    public bool HasFailed()
    {
        if (_failed || _pipeline.TakeError() is not { } error)
            return _failed;
        StsLog.Category.Warning($"the original's decoder failed: {error}");
        return _failed = true;
    }

    /// <summary>Decodes one more frame. Does not wait.</summary>
    public void Push(ReadOnlySpan<byte> frame, FramePlacement placement)
    {
        lock (_placements)
            _placements.Enqueue(placement);
        // The decoder sees one unbroken stream whatever the input's timestamps do; places are kept beside it.
        var pts = _format.ToTime(_pushed);
        _pushed += placement.NaturalLength;
        var buffer = new Gst.Buffer(frame) { Pts = pts, Duration = _format.ToTime(_pushed) - pts };
        _ = AppSrc.PushBuffer(_pipeline.Source, buffer);
    }

    /// <summary>No frame follows: what is inside comes out.</summary>
    /// <param name="end">What is placed here or later does not come out any more.</param>
    public void Drain(long end = long.MaxValue)
    {
        lock (_placements)
            _end = end;
        _ = AppSrc.EndOfStream(_pipeline.Source);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ = HasFailed();
        _pipeline.Dispose();
    }

    private bool OnPcm(ulong pts, ReadOnlySpan<short> samples)
    {
        if (pts != Clock.TimeNone)
        {
            var lost = _format.ToSamples(pts) - _received;
            if (lost > _format.Samples(LostFrame))
            {
                _pending.AddRange(new short[lost * _format.Channels]);
                _received += lost;
            }
        }
        _pending.AddRange(samples);
        _received += samples.Length / _format.Channels;
        Deliver(final: false);
        return true;
    }

    private void Deliver(bool final)
    {
        while (NextPlacement() is { } placement)
        {
            var natural = placement.NaturalLength * _format.Channels;
            if (_pending.Count < natural)
            {
                if (!final || _pending.Count == 0)
                    return;
                _pending.AddRange(new short[natural - _pending.Count]);
            }
            var source = CollectionsMarshal.AsSpan(_pending)[..natural].ToArray();
            _pending.RemoveRange(0, natural);
            var target = source;
            if (placement.Length != placement.NaturalLength)
            {
                target = new short[placement.Length * _format.Channels];
                _format.Stretch(source, target);
            }
            lock (_placements)
            {
                _placements.Dequeue();
                if (placement.Position < _end)
                    _onPcm(placement.Position, target);
            }
        }
    }

    private FramePlacement? NextPlacement()
    {
        lock (_placements)
            return _placements.TryPeek(out var placement) ? placement : null;
    }
}
