using Dubbing.Elements.Audio;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>
/// Maps the timestamps of a source that is live but does not say so (<c>rtmp2src</c>) to the pipeline's running time: one
/// common shift for audio and video, so that neither moves against the other, which follows the sender's clock. AAC frames get
/// exact timestamps and durations. Also says so when a track is missing.
/// <code>rtmp2src location=… ! flvdemux name=d  livetimestamper name=in
///   d.video ! in.video_sink  d.audio ! in.audio_sink  in.video_src ! h264parse ! …  in.audio_src ! aacparse ! …</code>
/// </summary>
/// <remarks>
/// The first buffer of either track fixes the shift: running time now, less its timestamp. It is given a running time of at
/// least <c>headroom</c>, so that the other track can begin a little earlier. A timestamp that then lies more than <see cref="TimestampShift.MaxOffset"/> from live, because it
/// jumped or began again from 0, fixes a new shift; where 32 bits of ms wrap it goes on. With <c>timestamps=keep</c> (a source that is live, <c>rtspsrc</c>) there is no
/// shift. Where audio ends before the pictures do, a frame of silence stands at their end: what comes behind then knows how long the stream
/// is, and audio ends with video.
/// </remarks>
public sealed partial class LiveTimestamper : PlainElementImpl
{
    /// <summary>Audio that ends so much before the pictures has ended first.</summary>
    public static readonly TimeSpan MaxEarlyEnd = TimeSpan.FromSeconds(0.1);

    private static readonly DebugCategory Category = new("livetimestamper", "Live timestamper");

    private readonly object _gate = new();
    private PadPair _video = null!;
    private PadPair _audio = null!;
    private TimestampMode _mode = TimestampMode.Shift;
    private uint _headroom = DefaultHeadroom;
    private uint _latency = DefaultLatency;
    private uint _audioTimeout = DefaultAudioTimeout;
    private uint _videoTimeout = DefaultVideoTimeout;
    private readonly TimestampWrap _wrap = new();
    private readonly TimestampShift _shift = new();
    private readonly SenderClock _senderClock = new();
    private readonly TrackOffsets _offsets = new();
    private AudioTimestamps? _audioTimestamps;
    private int _audioChannels;
    private ulong? _firstBuffer;
    private bool _playing;
    private bool _stopped;
    private bool _failed;

    /// <inheritdoc />
    public override DebugCategory Debug => Category;

    /// <inheritdoc />
    protected override void OnInitialise()
    {
        _video = new PadPair(AddPad("video_sink", "video_sink"), AddPad("video_src", "video_src"), OnBuffer, OnPadEvent, OnQuery);
        _audio = new PadPair(AddPad("audio_sink", "audio_sink"), AddPad("audio_src", "audio_src"), OnBuffer, OnPadEvent, OnQuery);
    }

    /// <inheritdoc />
    protected override StateChangeReturn ChangeState(StateChange transition)
    {
        lock (_gate)
        {
            if (transition == StateChange.ReadyToPaused)
            {
                (_stopped, _failed, _audioTimestamps) = (false, false, null);
                _offsets.Reset();
                BeginAnew();
            }
            _playing = transition == StateChange.PausedToPlaying;
            if (transition == StateChange.PausedToReady)
                _stopped = true;
            WatchForStall(_playing);
            Monitor.PulseAll(_gate);
        }
        return base.ChangeState(transition);
    }

    private FlowReturn OnBuffer(PadPair pad, Gst.Buffer buffer)
    {
        var first = false;
        using var writable = buffer.MakeWritable();
        lock (_gate)
        {
            // Before PLAYING there is no running time; a source that is not live sends all the same.
            while (!_playing && !_stopped && !pad.IsFlushing)
                Monitor.Wait(_gate);
            if (_stopped || pad.IsFlushing)
                return FlowReturn.Flushing;
            if (_stalled)
                return FlowReturn.Eos;
            if (RunningTime is { } now)
            {
                if (!CheckTracks(pad, now))
                    return FlowReturn.Error;
                Retime(pad, writable, now);
                WatchTracks(pad, now);
            }
            first = pad.Buffers++ == 0;
            _pushing++;
        }
        try
        {
            return Push(pad, writable, first);
        }
        finally
        {
            lock (_gate)
                Pushed();
        }
    }

    // What the tracks are stays known.
    private void BeginAnew()
    {
        (_firstBuffer, _lastPush, _begun, _stalled) = (null, null, RunningTime ?? 0, false);
        _wrap.Reset();
        _shift.Reset();
        _senderClock.Reset();
        _video.Reset();
        _audio.Reset();
    }

    // Both tracks take one shift, so both begin anew, whichever is flushed.
    private void Flush(PadPair pad, bool starts)
    {
        if (!starts)
            BeginAnew();
        pad.IsFlushing = starts;
        Monitor.PulseAll(_gate);
    }

    private bool OnPadEvent(PadPair pad, Event @event)
    {
        switch (@event.Type)
        {
            case EventType.Caps when pad == _audio:
                lock (_gate)
                    TakeAudioCaps(@event);
                return true;
            case EventType.FlushStart or EventType.FlushStop:
                lock (_gate)
                    Flush(pad, @event.Type == EventType.FlushStart);
                return true;
            case EventType.CustomDownstreamSticky:
                TakeOffset(pad, @event);
                return true;
            case EventType.Eos:
                lock (_gate)
                    pad.HasEnded = true;
                if (pad == _audio)
                    FillUpToPictures();
                return true;
            // The one segment that leaves begins at 0; shifted timestamps lie in it. A gap carries the publisher's own
            // timestamps, which mean nothing there.
            case EventType.Segment or EventType.Gap when _mode == TimestampMode.Shift:
                return false;
            default:
                return true;
        }
    }

    // What upstream says of its latency is without meaning once timestamps are those of arrival.
    private bool OnQuery(Query query)
    {
        if (query.Type != QueryType.Latency || _mode == TimestampMode.Keep)
            return false;
        query.SetLatency(true, _latency * Clock.MSecond, Clock.TimeNone);
        return true;
    }

    private void Retime(PadPair pad, Gst.Buffer buffer, ulong now)
    {
        if (buffer.Pts == Clock.TimeNone)
        {
            if (pad == _audio && _audioTimestamps?.Next() is { } next)
            {
                SetAudio(buffer, next, _audioTimestamps);
                Passed(pad, next);
            }
            return;
        }
        var offset = pad == _video ? _offsets.Video : _offsets.Audio;
        var pts = TimeOf(buffer.Pts) + offset;
        var dts = buffer.Dts == Clock.TimeNone ? pts : TimeOf(buffer.Dts) + offset;
        var timestamp = Math.Min(dts, pts);
        var shift = _mode == TimestampMode.Shift ? ShiftFor(pad, timestamp, now) : 0;
        shift += _senderClock.Correct(now, timestamp + shift);
        pad.LastTime = timestamp + shift;
        buffer.Pts = RunningTimeOf(pts + shift);
        if (buffer.Dts != Clock.TimeNone)
            buffer.Dts = RunningTimeOf(dts + shift);
        if (pad == _audio && _audioTimestamps is { } exact)
            SetAudio(buffer, exact.Next(buffer.Pts), exact);
        Passed(pad, buffer.Pts);
    }

    private static void Passed(PadPair pad, ulong pts)
    {
        if (pad.LastRunningTime == Clock.TimeNone || pts > pad.LastRunningTime)
            pad.LastRunningTime = pts;
    }

    private static void SetAudio(Gst.Buffer buffer, ulong pts, AudioTimestamps exact)
    {
        buffer.Pts = pts;
        buffer.Dts = pts;
        buffer.Duration = exact.FrameDuration;
    }

    private void TakeAudioCaps(Event caps)
    {
        using var parsed = caps.ParseCaps();
        using var structure = parsed[0];
        if (structure.GetBuffer("codec_data") is not { } data)
        {
            _audioTimestamps = null;
            return;
        }
        var config = AacConfig.Parse(data);
        _audioTimestamps = new AudioTimestamps(config);
        _audioChannels = config.Channels;
    }

    private void TakeOffset(PadPair pad, Event @event)
    {
        using var said = @event.GetStructure();
        if (said?.Name != RtpInfo.EventName)
            return;
        lock (_gate)
            _offsets.Take(pad == _video, said.Get("offset") as long?, said.Get("synchronized") is true);
    }

    private void FillUpToPictures()
    {
        Gst.Buffer silence;
        bool first;
        lock (_gate)
        {
            if (_stopped || _audioTimestamps is not { } exact || _video.LastRunningTime == Clock.TimeNone)
                return;
            var audioEnd = _audio.LastRunningTime == Clock.TimeNone ? 0 : _audio.LastRunningTime + exact.FrameDuration;
            var at = _video.LastRunningTime;
            if (at < audioEnd + (ulong)MaxEarlyEnd.TotalNanoseconds)
                return;
            silence = new Gst.Buffer(SilentAac.Frame(_audioChannels)) { Pts = at, Dts = at, Duration = exact.FrameDuration };
            first = _audio.Buffers++ == 0;
        }
        Category.Info("audio ended before the pictures: silence up to their end", Native);
        Push(_audio, silence, first);
    }

    private FlowReturn Push(PadPair pad, Gst.Buffer buffer, bool first)
    {
        if (first && _mode == TimestampMode.Shift)
            pad.Source.PushEvent(Event.NewSegment(Segment.Create(Format.Time)));
        return pad.Source.Push(buffer);
    }

    private long ShiftFor(PadPair pad, long timestamp, ulong now)
    {
        var shift = _shift.For(pad, timestamp, (long)now, Math.Max((long)now, _headroom * (long)Clock.MSecond), out var jumped);
        if (jumped)
        {
            PostElementMessage(new Structure("input-discontinuity").Set("running-time", now));
            _senderClock.Reset();
        }
        return shift;
    }

    private long TimeOf(ulong timestamp) => _mode == TimestampMode.Shift ? _wrap.Undo(timestamp) : (long)timestamp;

    private static ulong RunningTimeOf(long time) => (ulong)Math.Max(0, time);
}
