using System.Collections.Concurrent;
using System.Diagnostics;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Bench;

/// <summary>One stream at the session layer: fragments go in as from <c>stssink</c>, its output is read as by <c>stssrc</c>, on a thread of its own.
/// No encoder, no muxer.</summary>
internal sealed class LoadStream : ISessionSource, IAsyncDisposable
{
    // Without real time: enough that the server, the decoder and the playout all have something to do.
    private const int Ahead = 2;

    private static readonly Pcm Format = new(48000, 2);
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(20);

    private readonly AacClip _clip;
    private readonly DubSession _session;
    private readonly FragmentImage _image = new();
    private readonly ConcurrentDictionary<string, long> _deadlines = new();
    private readonly ConcurrentDictionary<string, PlayedFragment> _played = new();
    private readonly SemaphoreSlim _room = new(Ahead);
    private readonly Thread _reader;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _begin = Stopwatch.GetTimestamp();
    private TimeSpan _least = TimeSpan.MaxValue;
    private volatile bool _stopped;

    /// <summary>Begins to connect.</summary>
    public LoadStream(string name, Uri server, AacClip clip)
    {
        _clip = clip;
        _session = new DubSession(name, TimeProvider.System, new SocketIoTransportFactory(TimeProvider.System));
        _session.Attach(this, new SourceSettings { Session = name, Url = server.ToString() });
        _session.BeginRun(Format);
        _reader = new Thread(Read) { IsBackground = true, Name = name };
        _reader.Start();
    }

    /// <inheritdoc />
    public ulong? RunningTime => (ulong)Stopwatch.GetElapsedTime(_begin).TotalNanoseconds;

    /// <summary>Deadlines of what was cut, by fragment: <see cref="Stopwatch"/> timestamps.</summary>
    public IReadOnlyDictionary<string, long> Deadlines => _deadlines;

    /// <summary>What was played for each fragment.</summary>
    public IReadOnlyDictionary<string, PlayedFragment> Played => _played;

    /// <summary>How long before its deadline the latest of all results came; negative: after it.</summary>
    public TimeSpan LeastSlack => _least;

    /// <inheritdoc />
    public void OnEvent(StsEvent happened)
    {
        if (happened is FragmentProcessed { Slack: var slack } && slack < _least)
            _least = slack;
    }

    /// <summary>Feeds fragments and waits until all were played.</summary>
    /// <param name="count">How many.</param>
    /// <param name="realTime">Each when its time has come, else as soon as those before were played.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task RunAsync(int count, bool realTime, CancellationToken cancel)
    {
        for (var i = 0; i < count; i++)
        {
            var start = (ulong)i * _clip.Duration;
            if (realTime)
                await WaitForAsync(start + _clip.Duration, cancel);
            else
                await _room.WaitAsync(cancel);
            Feed(start);
        }
        _session.EndInput();
        await _finished.Task.WaitAsync(cancel);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        _session.Wake();
        _reader.Join();
        await _session.DetachAsync(ended: true);
        _room.Dispose();
    }

    private Task WaitForAsync(ulong runningTime, CancellationToken cancel)
    {
        var rest = TimeSpan.FromMicroseconds(((double)runningTime - RunningTime!.Value) / 1000);
        return rest > TimeSpan.Zero ? Task.Delay(rest, cancel) : Task.CompletedTask;
    }

    private void Feed(ulong start)
    {
        foreach (var (pts, frame) in _clip.Frames)
            _session.AppendFrame(this, start + pts, frame);
        _clip.Image.CopyTo(_image.Append(_clip.Image.Length));
        var image = _image.Copy();
        _image.Clear();
        _session.CloseFragment(this, _clip.Audio, image, fragment => _deadlines[fragment.Id] = fragment.Deadline);
    }

    private void Read()
    {
        var target = new short[Format.Samples(Piece) * Format.Channels];
        PlayoutResult result;
        do
        {
            result = _session.Read(target, () => _stopped, out _, out _, out var played);
            foreach (var fragment in played)
            {
                _played[fragment.Id] = fragment;
                _room.Release();
            }
        }
        while (result != PlayoutResult.Eos && !_stopped);
        _finished.TrySetResult();
    }
}
