using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sts;
using Gst;

namespace Dubbing.Elements.Sessions;

/// <summary>What a sink and a source of one name share: the exchange with the STS server, the input's own audio, and the output
/// timeline. Thread-safe.</summary>
/// <remarks>
/// Locks, in their order: <c>_delivery</c>, under which the source is told what happens and leaves; <c>_gate</c>, which guards
/// the timeline. It is held for what takes no time: copying, posting to the exchange, reading the pipeline's clock; never while a decoder
/// or GStreamer does anything else. Whoever changes what the source's streaming thread may be waiting for pulses the lock, on which it waits.
/// A pipeline that comes back under the name finds the same exchange if it left without EOS and within
/// <see cref="SourceSettings.Linger"/>; the timeline is each pipeline's own.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "The exchange and the run end with the source that began them: DetachAsync.")]
internal sealed partial class DubSession(string name, TimeProvider time, IStsTransportFactory transports)
{
    // How long after the input's last frame what is inside the decoder is fetched out.
    private static readonly TimeSpan DrainDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    // What is early leaves in pieces of this length, so many times as fast as it plays: a fragment that is encoded in one go keeps the
    // processor from every other stream's packets.
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(100);
    private const int Hurry = 4;

    private readonly Lock _delivery = new();
    private readonly object _gate = new();
    private ISessionSource? _source;
    private (int Generation, ISessionSource Source)? _leaving;
    private SourceSettings _settings = new();
    private StsSession? _exchange;
    private StsSession? _lastExchange;
    private StateChanged? _state;
    private int _generation;
    private ITimer? _lingerTimer;
    private Run? _run;
    private FallbackMode _fallback;
    private bool _inputEnded;
    private object? _expected;
    private long _nextIndex;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>What became of the fragments.</summary>
    public SessionCounts Counts { get; } = new();

    /// <summary>The exchange's figures, of the last one if it has ended; null before the first.</summary>
    public StsSnapshot? Snapshot => Volatile.Read(ref _lastExchange)?.Snapshot;

    /// <summary>A source joins: connecting begins, without waiting. A lingering exchange is taken up if it was begun with the
    /// same settings, else another one takes its place.</summary>
    /// <exception cref="InvalidOperationException">Another source plays this session.</exception>
    /// <exception cref="ArgumentException">The settings are not valid.</exception>
    public void Attach(ISessionSource source, SourceSettings settings)
    {
        StsSession? outdated = null;
        var options = settings.ToOptions();
        lock (_delivery)
        {
            bool begins;
            lock (_gate)
            {
                if (_source != null)
                    throw new InvalidOperationException($"session '{Name}' is played by another stssrc: give each pair a name of its own");
                if (_exchange != null)
                {
                    StopLingering();
                    if (_settings.IsSameExchange(settings))
                    {
                        _exchange.Resume("the input comes again");
                        _leaving = null;
                    }
                    else
                        (outdated, _exchange) = (_exchange, null);
                }
                (_source, _settings, _fallback, _inputEnded) = (source, settings, settings.Fallback, false);
                begins = _exchange == null;
                if (begins)
                    Begin(options);
            }
            if (!begins && _state is { } state)
                source.OnEvent(state with { Reason = "taken up again" });
        }
        if (outdated == null)
            return;
        StsLog.Category.Info($"session '{Name}': the settings are not those that its exchange was begun with: another one begins");
        _ = EndAsync(outdated, "the settings changed");
    }

    /// <summary>The attached source's pipeline begins to play: from now on frames are taken.</summary>
    public void BeginRun(Pcm format)
    {
        Run? previous;
        lock (_gate)
        {
            (previous, _run) = (_run, new Run(format, time, _gate, DrainDelay));
            (_run.Playout.Fallback, _run.Playout.InputEnded) = (_fallback, _inputEnded);
        }
        previous?.Dispose();
    }

    /// <summary>Changes what plays where there is nothing dubbed, from the next sample on.</summary>
    public void SetFallback(FallbackMode mode)
    {
        lock (_gate)
        {
            _fallback = mode;
            if (_run != null)
                _run.Playout.Fallback = mode;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The source leaves.</summary>
    /// <param name="ended">The stream is over; else the session lingers for another pipeline, if it was set to.</param>
    /// <returns>Completes when the exchange was ended, at once if it lingers.</returns>
    public Task DetachAsync(bool ended)
    {
        Run? run;
        StsSession? exchange = null;
        lock (_delivery)
            lock (_gate)
            {
                run = _run;
                _run = null;
                _source = null;
                // Where nothing was cut yet there is nothing to go on with.
                if (ended || _settings.Linger == 0 || Interlocked.Read(ref _nextIndex) == 0)
                {
                    (exchange, _exchange) = (_exchange, null);
                }
                else
                {
                    // The registry must not forget the session while it lingers.
                    DubSessions.Acquire(Name);
                    _exchange?.Pause("no input for now");
                    _lingerTimer = time.CreateTimer(_ => EndLingeringAsync("not taken up again"), null,
                        TimeSpan.FromMilliseconds(_settings.Linger), System.Threading.Timeout.InfiniteTimeSpan);
                }
                Monitor.PulseAll(_gate);
            }
        run?.Dispose();
        return exchange == null ? Task.CompletedTask : EndAsync(exchange, ended ? "eos" : "stopped");
    }

    /// <summary>A frame of the input, from the sink's streaming thread.</summary>
    /// <param name="owner">The sink: its frames up to <see cref="CloseFragment"/> are one fragment.</param>
    /// <param name="pts">Its running time in ns.</param>
    /// <param name="frame">The AAC frame.</param>
    public void AppendFrame(object owner, ulong pts, ReadOnlySpan<byte> frame)
    {
        CurrentRun()?.Append(owner, pts, frame, step => Deliver(new InputDiscontinuity(pts, step)));
        ExpectNothing(owner);
    }

    /// <summary>A sink was started and nothing has come of it yet.</summary>
    public bool MoreExpected => Volatile.Read(ref _expected) != null;

    /// <summary>A sink was started, as for each fragment: its first frame may be a while in coming.</summary>
    /// <param name="owner">The sink.</param>
    public void Expect(object owner) => Volatile.Write(ref _expected, owner);

    /// <summary>What was expected of a sink has come, or will not come. Nothing, if another was started since.</summary>
    /// <param name="owner">The sink.</param>
    public void ExpectNothing(object owner) => Interlocked.CompareExchange(ref _expected, null, owner);

    /// <summary>The fragment that the owner's last frames belong to is complete.</summary>
    /// <param name="owner">The sink.</param>
    /// <param name="audio">What its <c>moov</c> says; null if it can't be read.</param>
    /// <param name="image">The M4A file.</param>
    /// <param name="onCut">Told of the fragment before anything else happens to it: at once, or when the fragment before it is
    /// complete, too.</param>
    /// <returns>False when no source plays this session.</returns>
    public bool CloseFragment(object owner, Mp4Audio? audio, ReadOnlySequence<byte> image, Action<Fragment> onCut)
    {
        if (CurrentRun() is not { } run)
            return false;
        if (audio == null)
        {
            run.Abandon(owner);
            return true;
        }
        run.Close(owner, audio, startTime =>
        {
            var fragment = new Fragment
            {
                Id = Guid.NewGuid().ToString("D"),
                Index = Interlocked.Increment(ref _nextIndex) - 1,
                StartTime = startTime,
                Duration = (ulong)((UInt128)(uint)audio.Frames * (uint)audio.FrameLength * Clock.Second / (uint)audio.SampleRate),
                Image = image,
                SampleRate = audio.HeardRate,
                Channels = audio.HeardChannels,
                Deadline = DeadlineOf(startTime),
            };
            Counts.AddCut();
            onCut(fragment);
            return fragment;
        }, Submit);
        return true;
    }

    /// <summary>The owner goes away without completing its fragment.</summary>
    public void AbandonFragment(object owner) => CurrentRun()?.Abandon(owner);

    /// <summary>The input ended before a frame of it came.</summary>
    public void EndEmptyInput()
    {
        lock (_gate)
        {
            if (_run is not { Playout.HasBegun: true })
                EndInput();
        }
    }

    /// <summary>No more input will come, whether a run has begun or will.</summary>
    public void EndInput()
    {
        lock (_gate)
        {
            _inputEnded = true;
            if (_run != null)
                _run.Playout.InputEnded = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the next piece of output.</summary>
    /// <param name="target">Receives at most this many interleaved samples.</param>
    /// <param name="isCancelled">Looked at under the lock; <see cref="Wake"/> makes a waiting call look again.</param>
    /// <param name="position">First sample.</param>
    /// <param name="count">Samples made.</param>
    /// <param name="played">Fragments whose playout began.</param>
    /// <returns><see cref="PlayoutResult.Wait"/> if cancelled.</returns>
    public PlayoutResult Read(Span<short> target, Func<bool> isCancelled, out long position, out int count,
        out IReadOnlyList<PlayedFragment> played)
    {
        (position, count, played) = (0, 0, []);
        lock (_gate)
        {
            var rest = 0L;
            while (!isCancelled() && _run is { } run && _source?.RunningTime is { } now)
            {
                var format = run.Format;
                // Negative in the beginning: nothing is due before the latency is over.
                var due = format.ToSamples(now) - format.ToSamples(_settings.Due);
                if (run.Playout.Position is { } next && next > due && next % format.Samples(Piece) < target.Length / format.Channels && Rest(ref rest))
                    continue;
                run.Playout.MoreExpected = MoreExpected;
                var result = run.Playout.Read(due, target, out position, out count);
                played = run.Playout.TakePlayed();
                foreach (var fragment in played)
                    Counts.Add(fragment);
                if (result != PlayoutResult.Wait || played.Count > 0)
                    return result;
                Monitor.Wait(_gate, UntilDue(run, due, target.Length));
            }
            return PlayoutResult.Wait;
        }
    }

    /// <summary>Silence behind the last piece, for an encoder to bring out what it keeps back.</summary>
    /// <param name="target">Receives interleaved samples.</param>
    public void ReadTail(Span<short> target)
    {
        lock (_gate)
        {
            if (_run is { } run)
                run.Playout.ReadTail(target);
            else
                target.Clear();
        }
    }

    /// <summary>Makes a waiting <see cref="Read"/> look whether it was cancelled.</summary>
    public void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    // False: it has rested. What matters meanwhile pulses the lock.
    private bool Rest(ref long end)
    {
        if (end == 0)
            end = Environment.TickCount64 + (long)(Piece / Hurry).TotalMilliseconds;
        var left = end - Environment.TickCount64;
        if (left <= 0)
            return false;
        Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left));
        return true;
    }

    // Until a whole piece is due, so that a hole is filled in pieces and not sample by sample.
    private static TimeSpan UntilDue(Run run, long due, int values)
    {
        var samples = (run.Playout.Position ?? 0) - due + values / run.Format.Channels;
        return TimeSpan.FromSeconds(Math.Max(0.001, (double)samples / run.Format.Rate));
    }

    private Run? CurrentRun()
    {
        lock (_gate)
            return _run;
    }
}
