using System.Buffers;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>
/// Sends audio fragments to a speech-to-speech server: the inner sink of a <c>splitmuxsink</c>. Each M4A file that the muxer
/// writes is one fragment; the <c>stssrc</c> of the same session plays what comes back.
/// <code>
/// gst-launch-1.0 filesrc location=in.m4a ! qtdemux ! aacparse ! s.audio_0 splitmuxsink name=s muxer=mp4mux
///   max-size-time=6000000000 sink="stssink session=demo" stssrc session=demo url=http://127.0.0.1:3000 ! autoaudiosink
/// </code>
/// </summary>
public sealed class StsSink : BaseSinkImpl
{
    private static readonly DebugCategory Category = new("stssink", "Speech-to-speech sink");

    // A disk that hangs must not fill the memory.
    private const int MostUnwritten = 16;

    /// <summary>What the name of a file ends with while it is being written.</summary>
    public const string Unfinished = ".part";

    private readonly FragmentImage _image = new();
    private string _sessionName = new SourceSettings().Session;
    private string? _location;
    private DubSession? _session;
    private bool _hasFrame;
    private bool _warned;
    private Task _written = Task.CompletedTask;
    private int _unwritten;

    /// <inheritdoc />
    public override DebugCategory Debug => Category;

    /// <summary>The class, as <c>gst-inspect-1.0 stssink</c> shows it.</summary>
    public static ElementDescription Description { get; } = new(
        "GstStsSink",
        new ElementMetadata("Speech-to-speech sink", "Sink/Audio/Network",
            "Sends the fragments that splitmuxsink cuts to a speech-to-speech server", "The Dubbing authors"),
        [new PadTemplateSpec("sink", PadDirection.Sink, PadPresence.Always, "video/quicktime; audio/x-m4a")],
        [
            PropertySpec.String<StsSink>("session", "Session", "Name shared with the stssrc that plays this sink's fragments",
                new SourceSettings().Session, PropertyFlags.MutableReady, e => e._sessionName, (e, v) => e._sessionName = v ?? ""),
            PropertySpec.String<StsSink>("location", "Location",
                "File that the fragment is also written to (null: none); splitmuxsink sets it for each fragment", null,
                PropertyFlags.MutablePlaying, e => Volatile.Read(ref e._location), (e, v) => Volatile.Write(ref e._location, string.IsNullOrEmpty(v) ? null : v)),
        ]);

    /// <inheritdoc />
    // A muxer's output has no running time of its own: with sync=true no fragment would ever close.
    protected override void OnInitialise() => SetSync(sync: false, async: false);

    /// <inheritdoc />
    // A live pipeline runs while one of its sinks waits for its first buffer, which may come out of the dubbing only; until then
    // splitmuxsink, and this sink in it, stands in PAUSED. Holding back what comes would hold back what the other one waits for.
    protected override StateChangeReturn ChangeState(StateChange transition)
    {
        // PLAYING is nothing more: to the base class it would be a reason to preroll.
        if (transition is StateChange.PausedToPlaying or StateChange.PlayingToPaused)
            return StateChangeReturn.Success;
        var result = base.ChangeState(transition);
        if (transition == StateChange.ReadyToPaused && result != StateChangeReturn.Failure)
            SkipPreroll();
        return result;
    }

    /// <inheritdoc />
    protected override bool Start()
    {
        if (IsSync)
        {
            PostError(ElementError.Settings, "stssink can't run with sync=true: a fragment would never be complete. Set sync=false.");
            return false;
        }
        _session = DubSessions.Acquire(_sessionName);
        _session.Expect(this);
        Reset();
        return true;
    }

    /// <inheritdoc />
    protected override bool Stop()
    {
        if (_session is not { } session)
            return true;
        _session = null;
        session.ExpectNothing(this);
        session.AbandonFragment(this);
        Reset();
        DubSessions.Release(session);
        return true;
    }

    /// <inheritdoc />
    protected override FlowReturn Render(Gst.Buffer buffer)
    {
        var target = _image.Append(buffer.Size);
        buffer.CopyTo(target);
        // Only the AAC frames have timestamps; the muxer's own boxes have none.
        if (buffer.Pts != Clock.TimeNone)
        {
            _hasFrame = true;
            _session?.AppendFrame(this, buffer.Pts, target);
        }
        return FlowReturn.Ok;
    }

    /// <inheritdoc />
    protected override bool OnEvent(Event @event)
    {
        switch (@event.Type)
        {
            // The muxer jumps back to patch sizes by a new segment in bytes.
            case EventType.Segment when @event.ParseSegment() is { Format: Format.Bytes } segment:
                _image.Position = (long)segment.Start;
                break;
            case EventType.Eos:
                if (_image.Length > 0)
                    Complete();
                _session?.ExpectNothing(this);
                break;
            case EventType.FlushStop:
                _session?.AbandonFragment(this);
                Reset();
                break;
        }
        return true;
    }

    /// <inheritdoc />
    protected override bool OnQuery(Query query)
    {
        // mp4mux writes a plain file, whose index counts every frame, only to a sink that it can seek in.
        if (query.Type != QueryType.Seeking || query.ParseSeekingFormat() != Format.Bytes)
            return false;
        query.SetSeeking(Format.Bytes, true, 0, -1);
        return true;
    }

    private void Complete()
    {
        if (!_hasFrame)
        {
            CompleteWithoutFrame();
            Reset();
            return;
        }
        var audio = ParseImage(out var fault);
        if (audio == null)
        {
            PostWarning(ElementError.Format,
                $"session '{_sessionName}': a fragment is not AAC in MP4 and can't be dubbed; its audio plays as far as it can be decoded", fault);
        }
        var image = _image.Copy();
        Reset();
        var location = Volatile.Read(ref _location);
        if (location != null)
            Keep(location, image);
        var (sessionName, alive) = (_sessionName, Hold());
        void OnCut(Fragment fragment)
        {
            // With async-finalize splitmuxsink may have dropped this element by then.
            using (alive)
                PostCut(sessionName, fragment, location);
        }

        var isPlayed = _session?.CloseFragment(this, audio, image, OnCut) == true;
        if (!isPlayed || audio == null)
            alive.Dispose();
        if (!isPlayed && !_warned)
        {
            PostWarning(ElementError.Settings, $"no stssrc plays session '{_sessionName}': its fragments go nowhere");
            _warned = true;
        }
    }

    // splitmuxsink writes a file without a frame only where the input ends without one.
    private void CompleteWithoutFrame()
    {
        if (ParseImage(out _) is { Frames: > 0 })
            PostWarning(ElementError.Format, $"session '{_sessionName}': a fragment has no timestamps, so that it has no place and is not dubbed");
        else
            _session?.EndEmptyInput();
    }

    private Mp4Audio? ParseImage(out string? fault)
    {
        fault = null;
        try
        {
            return Mp4Audio.Parse(_image.Written);
        }
        catch (InvalidDataException failure)
        {
            fault = failure.Message;
            return null;
        }
    }

    private void PostCut(string session, Fragment fragment, string? location) =>
        PostElementMessage(new Structure("sts-fragment-cut")
            .Set("session", session).Set("fragment-id", fragment.Id).Set("index", (ulong)fragment.Index)
            .Set("start-time", fragment.StartTime).Set("duration", fragment.Duration).Set("bytes", (ulong)fragment.Image.Length)
            .Set("rate", fragment.SampleRate).Set("channels", fragment.Channels).Set("location", location ?? ""));

    // The streaming thread never waits for the disk, not even for a file to be opened.
    private void Keep(string location, ReadOnlySequence<byte> image)
    {
        if (Interlocked.Increment(ref _unwritten) > MostUnwritten)
        {
            Interlocked.Decrement(ref _unwritten);
            WarnNotKept($"{MostUnwritten} before it are still being written");
            return;
        }
        // splitmuxsink may drop this element while the disk is busy.
        var (previous, alive) = (_written, Hold());
        _written = Task.Run(async () =>
        {
            using (alive)
                await WriteAsync(previous, location, image).ConfigureAwait(false);
        });
    }

    // A reader never sees half a file.
    private async Task WriteAsync(Task previous, string location, ReadOnlySequence<byte> image)
    {
        await previous.ConfigureAwait(false);
        var temporary = location + Unfinished;
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, options: FileOptions.Asynchronous))
            {
                long at = 0;
                foreach (var block in image)
                {
                    await RandomAccess.WriteAsync(file, block, at).ConfigureAwait(false);
                    at += block.Length;
                }
            }
            File.Move(temporary, location, overwrite: true);
        }
        catch (Exception failure)
        {
            // Whatever it is, the next fragment's file waits for this task.
            WarnNotKept(failure.Message);
            Discard(temporary);
        }
        finally
        {
            Interlocked.Decrement(ref _unwritten);
        }
    }

    // On a full disk half a file would take what the next one needs.
    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StsLog.Category.Warning($"{temporary} could not be removed: {failure.Message}");
        }
    }

    private void WarnNotKept(string reason) =>
        PostWarning(ElementError.Write, $"session '{_sessionName}': the fragment was not kept on disk: {reason}");

    private void Reset()
    {
        _image.Clear();
        _hasFrame = false;
    }
}
