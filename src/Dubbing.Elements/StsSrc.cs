using System.Runtime.InteropServices;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>
/// Plays dubbed audio at the running time of the original: a live source whose latency is the time that a fragment and the
/// speech-to-speech server may take. Where a result is late, broken or missing, the original plays.
/// <code>
/// gst-launch-1.0 rtmp2src location=rtmp://127.0.0.1/live/demo/in ! flvdemux name=d d.audio ! aacparse ! s.audio_0
///   splitmuxsink name=s muxer=mp4mux max-size-time=6000000000 sink="stssink session=demo"
///   stssrc session=demo url=http://127.0.0.1:3000 ! audioconvert ! autoaudiosink
/// </code>
/// </summary>
public sealed partial class StsSrc : BaseSrcImpl, ISessionSource
{
    private static readonly DebugCategory Category = new("stssrc", "Speech-to-speech source");
    private static readonly TimeSpan BufferLength = TimeSpan.FromMilliseconds(20);

    // voaacenc keeps 52 ms back for ever, avenc_aac less, and both give out whole frames of 21 ms only: so much silence brings
    // the last sound out.
    private static readonly TimeSpan EncoderTail = TimeSpan.FromMilliseconds(52 + 22);

    // Bounds the way from READY to NULL: what the server has not answered by then does not matter any more.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(3);

    private SourceSettings _settings = new();
    private Pcm _format = new(48000, 2);
    private DubSession? _session;
    private Task _ended = Task.CompletedTask;
    private short[] _samples = [];
    private int _tail;
    private long _next;
    private volatile bool _atEnd;
    private SourceSettings? _attached;
    private bool _first = true;
    private volatile bool _flushing;
    private volatile SourceState _state;

    /// <inheritdoc />
    public override DebugCategory Debug => Category;

    ulong? ISessionSource.RunningTime => RunningTime;

    void ISessionSource.OnEvent(StsEvent happened)
    {
        if (happened is StateChanged change && !_atEnd)
            Enter(StateOf(change.State));
        if (StsMessages.From(_settings.Session, happened) is { } message)
            PostElementMessage(message);
    }

    /// <inheritdoc />
    protected override void OnInitialise() => SetLive();

    /// <inheritdoc />
    protected override StateChangeReturn ChangeState(StateChange transition)
    {
        if (transition == StateChange.NullToReady && !Open())
            return StateChangeReturn.Failure;
        var result = base.ChangeState(transition);
        if (transition == StateChange.ReadyToNull)
            Close();
        return result;
    }

    /// <inheritdoc />
    // What downstream leaves open becomes 48 kHz stereo, whatever the input is.
    protected override Caps Fixate(Caps caps) => caps.Fixate(("rate", 48000), ("channels", 2));

    /// <inheritdoc />
    protected override bool SetCaps(Caps caps)
    {
        using var structure = caps[0];
        _format = new Pcm((int)structure.Get("rate")!, (int)structure.Get("channels")!);
        _samples = new short[_format.Samples(BufferLength) * _format.Channels];
        _tail = _settings.EncoderDelay > 0 ? _format.Samples(EncoderTail) : 0;
        _session!.BeginRun(_format);
        return true;
    }

    /// <inheritdoc />
    protected override bool Start()
    {
        _session!.Dismiss(this);
        _first = true;
        _atEnd = false;
        _flushing = false;
        FollowSettings();
        return Attach();
    }

    /// <inheritdoc />
    protected override bool Stop()
    {
        Detach();
        return true;
    }

    /// <inheritdoc />
    protected override void Unlock()
    {
        _flushing = true;
        _session?.Wake();
    }

    /// <inheritdoc />
    protected override void UnlockStop() => _flushing = false;

    /// <inheritdoc />
    protected override bool OnQuery(Query query)
    {
        if (query.Type != QueryType.Latency)
            return false;
        // Whoever muxes may wait as long as it likes: what was not fetched yet is kept.
        query.SetLatency(true, _settings.Latency, Clock.TimeNone);
        return true;
    }

    /// <inheritdoc />
    protected override bool OnSendEvent(Event @event)
    {
        if (@event.Type != EventType.Eos)
            return false;
        // An EOS means "no more input": what is inside is played first.
        _session?.EndInput();
        return true;
    }

    /// <inheritdoc />
    protected override FlowReturn Create(out Gst.Buffer? buffer)
    {
        buffer = null;
        while (!_atEnd)
        {
            var result = _session!.Read(_samples, () => _flushing, out var position, out var count, out var played);
            foreach (var fragment in played)
                PostElementMessage(StsMessages.From(_settings.Session, fragment));
            if (_flushing)
                return FlowReturn.Flushing;
            if (result == PlayoutResult.Eos)
                _atEnd = true;
            if (result == PlayoutResult.Data && MakeBuffer(position, count) is { } made)
            {
                buffer = made;
                return FlowReturn.Ok;
            }
        }
        if (_tail > 0 && !_first)
        {
            var count = Math.Min(_tail, _samples.Length / _format.Channels);
            _session!.ReadTail(_samples.AsSpan(0, count * _format.Channels));
            _tail -= count;
            buffer = MakeBuffer(_next, count);
            return FlowReturn.Ok;
        }
        Finish();
        return FlowReturn.Eos;
    }

    // Content is played early by the encoder's delay; what would lie before running time 0 is left out.
    private Gst.Buffer? MakeBuffer(long position, int count)
    {
        _next = position + count;
        var at = position - _settings.EncoderDelay;
        var skip = (int)Math.Clamp(-at, 0, count);
        if (skip == count)
            return null;
        var pts = _format.ToTime(at + skip);
        var buffer = new Gst.Buffer(MemoryMarshal.AsBytes(_samples.AsSpan(skip * _format.Channels, (count - skip) * _format.Channels)))
        {
            Pts = pts,
            Duration = _format.ToTime(at + count) - pts,
            Offset = (ulong)(at + skip),
            OffsetEnd = (ulong)(at + count),
        };
        if (_first)
            buffer.Flags |= BufferFlags.Discont;
        _first = false;
        return buffer;
    }

    private bool Open()
    {
        _session = DubSessions.Acquire(_settings.Session);
        if (Attach())
            return true;
        // An element that never left NULL is never closed.
        DubSessions.Release(_session);
        _session = null;
        return false;
    }

    // They may have changed in READY, where the exchange has begun already.
    private void FollowSettings()
    {
        if (_attached is { } old && old with { Fallback = _settings.Fallback } != _settings)
            Detach();
        if (_session!.Name == _settings.Session)
            return;
        DubSessions.Release(_session);
        _session = DubSessions.Acquire(_settings.Session);
    }

    private bool Attach()
    {
        if (_attached is not null)
            return true;
        try
        {
            _session!.Attach(this, _settings);
            _attached = _settings;
            return true;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            PostError(ElementError.Settings, $"stssrc '{Name}': {fault.Message.ReplaceLineEndings("; ")}");
            return false;
        }
    }

    // What the server still has to say is told for as long as the element lives.
    private void Finish()
    {
        if (_attached is null)
            return;
        _attached = null;
        _ended = _session!.FinishAsync(ends: !_settings.LingerAtEos);
        Enter(SourceState.Ended);
    }

    private void Detach()
    {
        if (_attached is null)
            return;
        _attached = null;
        var ended = _atEnd && !_settings.LingerAtEos;
        _ended = _session!.DetachAsync(ended);
        Enter(ended ? SourceState.Ended : SourceState.Idle);
    }

    private void Close()
    {
        Detach();
        // Bounded, and the only wait: the server is to learn that the stream ended.
        if (!_ended.Wait(EndTimeout))
            Category.Warning($"session '{_settings.Session}': the STS server did not confirm the end within {EndTimeout.TotalSeconds} s", Native);
        if (_session != null)
        {
            _session.Dismiss(this);
            DubSessions.Release(_session);
        }
        _session = null;
        Enter(SourceState.Idle);
    }

    private void Enter(SourceState state)
    {
        if (_state == state)
            return;
        _state = state;
        Notify("state");
    }

    private static SourceState StateOf(StsState state) => state switch
    {
        StsState.Connecting => SourceState.Connecting,
        StsState.Connected => SourceState.Connected,
        StsState.Ready => SourceState.Ready,
        StsState.Disconnected => SourceState.Disconnected,
        StsState.Ended => SourceState.Ended,
        _ => SourceState.Failed,
    };
}
