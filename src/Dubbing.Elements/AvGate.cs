using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>
/// Lets a muxer begin with a picture: video passes from the first key frame on, audio from that picture's running time on.
/// A publisher that is joined in the middle of a group of pictures sends up to a group's length of audio first.
/// <code>… ! queue ! gate.video_sink  … ! gate.audio_sink  avgate name=gate  gate.video_src ! mux.video  gate.audio_src ! mux.audio</code>
/// </summary>
/// <remarks>Audio comes later than video of the same time, as dubbed audio does: what comes before any picture is older than
/// every picture to come, and is dropped.</remarks>
public sealed class AvGate : PlainElementImpl
{
    private static readonly DebugCategory Category = new("avgate", "Audio/video gate");

    private readonly Lock _gate = new();
    private PadPair _video = null!;
    private PadPair _audio = null!;
    private ulong _firstPicture = Clock.TimeNone;
    private ulong _droppedAudio;
    private ulong _droppedVideo;

    /// <inheritdoc />
    public override DebugCategory Debug => Category;

    /// <summary>The class, as <c>gst-inspect-1.0 avgate</c> shows it.</summary>
    public static ElementDescription Description { get; } = new(
        "GstAvGate",
        new ElementMetadata("Audio/video gate", "Filter/Audio/Video",
            "Drops audio before the first picture and pictures before the first key frame", "The Dubbing authors"),
        [
            new PadTemplateSpec("video_sink", PadDirection.Sink, PadPresence.Always, "ANY"),
            new PadTemplateSpec("video_src", PadDirection.Src, PadPresence.Always, "ANY"),
            new PadTemplateSpec("audio_sink", PadDirection.Sink, PadPresence.Always, "ANY"),
            new PadTemplateSpec("audio_src", PadDirection.Src, PadPresence.Always, "ANY"),
        ],
        [
            PropertySpec.Structure<AvGate>("stats", "Statistics",
                "Frames passed and dropped, and the running time in ns of what passed last", e => e.Stats()),
        ]);

    /// <inheritdoc />
    protected override void OnInitialise()
    {
        _video = new PadPair(AddPad("video_sink", "video_sink"), AddPad("video_src", "video_src"), OnVideo, OnPadEvent);
        _audio = new PadPair(AddPad("audio_sink", "audio_sink"), AddPad("audio_src", "audio_src"), OnAudio, OnPadEvent);
    }

    /// <inheritdoc />
    protected override StateChangeReturn ChangeState(StateChange transition)
    {
        var result = base.ChangeState(transition);
        if (transition == StateChange.PausedToReady)
        {
            lock (_gate)
                _firstPicture = Clock.TimeNone;
        }
        return result;
    }

    private FlowReturn OnVideo(PadPair pad, Gst.Buffer buffer)
    {
        var opens = false;
        lock (_gate)
        {
            if (_firstPicture == Clock.TimeNone)
            {
                if ((buffer.Flags & BufferFlags.DeltaUnit) != 0)
                {
                    _droppedVideo++;
                    return FlowReturn.Ok;
                }
                _firstPicture = pad.Segment.ToRunningTime(buffer.Pts);
                opens = true;
            }
            Count(pad, buffer);
        }
        // Before the picture itself: whoever hears of it knows where the output begins before there is any.
        if (opens)
            PostElementMessage(new Structure("avgate-open").Set("running-time",
                pad.LastRunningTime != Clock.TimeNone ? pad.LastRunningTime : _firstPicture));
        return pad.Source.Push(buffer);
    }

    private FlowReturn OnAudio(PadPair pad, Gst.Buffer buffer)
    {
        lock (_gate)
        {
            var time = pad.Segment.ToRunningTime(buffer.Pts);
            if (_firstPicture == Clock.TimeNone || time == Clock.TimeNone || time < _firstPicture)
            {
                _droppedAudio++;
                return FlowReturn.Ok;
            }
            Count(pad, buffer);
        }
        return pad.Source.Push(buffer);
    }

    private static void Count(PadPair pad, Gst.Buffer buffer)
    {
        pad.Buffers++;
        pad.LastRunningTime = pad.Segment.ToRunningTime(buffer.Dts != Clock.TimeNone ? buffer.Dts : buffer.Pts);
    }

    private bool OnPadEvent(PadPair pad, Event @event)
    {
        lock (_gate)
        {
            if (@event.Type == EventType.Segment)
                pad.Segment = @event.ParseSegment();
            else if (@event.Type == EventType.FlushStop)
                _firstPicture = Clock.TimeNone;
        }
        return true;
    }

    private Structure Stats()
    {
        lock (_gate)
        {
            return new Structure("avgate-stats")
                .Set("video-frames", _video.Buffers).Set("audio-frames", _audio.Buffers)
                .Set("video-running-time", _video.LastRunningTime).Set("audio-running-time", _audio.LastRunningTime)
                .Set("video-dropped", _droppedVideo).Set("audio-dropped", _droppedAudio);
        }
    }
}
