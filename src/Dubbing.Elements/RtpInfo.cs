using System.Buffers.Binary;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>
/// Tells what comes behind where an RTP track's timestamps lie in the presentation, by the <c>RTP-Info</c> of the server's answer to PLAY.
/// A server whose RTCP names no sender (MediaMTX) leaves <c>rtspsrc</c> nothing else to bring audio and video together by: each
/// track's timestamps then begin with its own first packet, some 10 ms from where the other's do.
/// <code>rtspsrc name=s buffer-mode=none  s. ! capsfilter caps=application/x-rtp,encoding-name=H264 ! rtpinfo ! rtph264depay ! … ! livetimestamper …</code>
/// </summary>
/// <remarks>Sends a sticky event <c>rtp-info</c> before the first packet: <c>offset</c> (int64, ns) is what leads from timestamps to
/// presentation time; it is missing if the server did not say. When <c>rtspsrc</c> later moves the track, because RTCP told it
/// where it belongs, the event comes again with <c>synchronized</c> true. Source: RFC 2326, section 12.33; <c>clock-base</c> and
/// <c>clock-rate</c> of <c>application/x-rtp</c>.</remarks>
public sealed class RtpInfo : PlainElementImpl
{
    /// <summary>Name of the event.</summary>
    public const string EventName = "rtp-info";

    // Of an RTP header (RFC 3550, section 5.1).
    private const int TimestampAt = 4;
    private const int TimestampEnd = 8;

    // With buffer-mode=none timestamps follow the packets' to the nanosecond, until rtspsrc moves them.
    private const long Moved = 500_000;

    private static readonly DebugCategory Category = new("rtpinfo", "RTP-Info");

    private PadPair _pads = null!;
    private uint? _clockBase;
    private int _clockRate;
    private uint _lastRtp;
    private long _sinceBase;
    private long? _offset;
    private bool _told;

    /// <inheritdoc />
    public override DebugCategory Debug => Category;

    /// <summary>The class, as <c>gst-inspect-1.0 rtpinfo</c> shows it.</summary>
    public static ElementDescription Description { get; } = new(
        "GstRtpInfo",
        new ElementMetadata("RTP-Info", "Filter/Network/RTP", "Tells where an RTP track's timestamps lie in the presentation", "The Dubbing authors"),
        [
            new PadTemplateSpec("sink", PadDirection.Sink, PadPresence.Always, "application/x-rtp"),
            new PadTemplateSpec("src", PadDirection.Src, PadPresence.Always, "application/x-rtp"),
        ],
        []);

    /// <inheritdoc />
    protected override void OnInitialise() =>
        _pads = new PadPair(AddPad("sink", "sink"), AddPad("src", "src"), OnBuffer, OnPadEvent);

    /// <inheritdoc />
    protected override StateChangeReturn ChangeState(StateChange transition)
    {
        if (transition == StateChange.ReadyToPaused)
            (_clockBase, _offset, _told) = (null, null, false);
        return base.ChangeState(transition);
    }

    private bool OnPadEvent(PadPair pad, Event @event)
    {
        if (@event.Type == EventType.Caps && !_told)
        {
            using var caps = @event.ParseCaps();
            using var structure = caps[0];
            _clockBase = structure.Get("clock-base") as uint?;
            _clockRate = structure.Get("clock-rate") as int? ?? 0;
        }
        return true;
    }

    private FlowReturn OnBuffer(PadPair pads, Gst.Buffer buffer)
    {
        if (buffer.Pts != Clock.TimeNone && (!_told || _offset != null))
            Follow(buffer);
        return pads.Source.Push(buffer);
    }

    private void Follow(Gst.Buffer packet)
    {
        Span<byte> header = stackalloc byte[TimestampEnd];
        if (packet.CopyTo(header) < TimestampEnd)
            return;
        var rtp = BinaryPrimitives.ReadUInt32BigEndian(header[TimestampAt..]);
        if (!_told)
        {
            _told = true;
            if (_clockBase is not { } clockBase || _clockRate <= 0)
            {
                Tell(new Structure(EventName));
                return;
            }
            _lastRtp = clockBase;
            _sinceBase = 0;
            _offset = PresentationTime(rtp) - (long)packet.Pts;
            Tell(new Structure(EventName).Set("offset", _offset.Value));
        }
        else if (Math.Abs(PresentationTime(rtp) - (long)packet.Pts - _offset!.Value) > Moved)
        {
            _offset = null;
            Tell(new Structure(EventName).Set("synchronized", true));
        }
    }

    // RTP timestamps wrap; they also go back a little, with B-frames.
    private long PresentationTime(uint rtp)
    {
        _sinceBase += unchecked((int)(rtp - _lastRtp));
        _lastRtp = rtp;
        return (long)(_sinceBase * (Int128)Clock.Second / _clockRate);
    }

    private void Tell(Structure what)
    {
        Category.Info(what.ToString(), Native);
        _pads.Source.PushEvent(Event.NewCustom(EventType.CustomDownstreamSticky, what));
    }
}
