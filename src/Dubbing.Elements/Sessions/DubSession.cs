using System.Diagnostics.CodeAnalysis;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sts;
using Gst;

namespace Dubbing.Elements.Sessions;

/// <summary>What a sink and a source of one name share: the exchange with the STS server, the input's own audio, and the output
/// timeline. Thread-safe.</summary>
/// <remarks>
/// Locks, in their order: <c>_delivery</c>, under which the source is told what happens and leaves; <c>_gate</c>, which guards
/// the timeline. It is held for copying at most, and never while the exchange, a decoder or GStreamer is
/// called. Whoever changes the timeline pulses the lock, on which the source's streaming thread waits.
/// A pipeline that comes back under the name finds the same exchange if it left without EOS and within
/// <see cref="SourceSettings.Linger"/>; the timeline is each pipeline's own.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "The exchange and the run end with the source that began them: DetachAsync.")]
internal sealed class DubSession(string name, TimeProvider time, IStsTransportFactory transports)
{
    // How long after the input's last frame what is inside the decoder is fetched out.
    private static readonly TimeSpan DrainDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _delivery = new();
    private readonly object _gate = new();
    private ISessionSource? _source;
    private SourceSettings _settings = new();
    private StsSession? _exchange;
    private ITimer? _lingerTimer;
    private Run? _run;
    private long _nextIndex;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The exchange's figures; null while there is no source.</summary>
    public StsSnapshot? Snapshot => _exchange?.Snapshot;

    /// <summary>A source joins: connecting begins, without waiting.</summary>
    /// <exception cref="InvalidOperationException">Another source plays this session.</exception>
    /// <exception cref="ArgumentException">The settings are not valid.</exception>
    public void Attach(ISessionSource source, SourceSettings settings)
    {
        lock (_gate)
        {
            if (_source != null)
                throw new InvalidOperationException($"session '{Name}' is played by another stssrc: give each pair a name of its own");
            var lingered = _exchange != null;
            _exchange ??= new StsSession(settings.ToOptions(), transports, time, OnEvent);
            (_source, _settings) = (source, settings);
            _lingerTimer?.Dispose();
            _lingerTimer = null;
            if (lingered)
                DubSessions.Release(this);
            else
                _exchange.Start();
        }
    }

    /// <summary>The attached source's pipeline begins to play: from now on frames are taken.</summary>
    public void BeginRun(Pcm format)
    {
        Run? previous;
        lock (_gate)
            (previous, _run) = (_run, new Run(format, time, _gate, DrainDelay));
        previous?.Dispose();
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
                    _lingerTimer = time.CreateTimer(_ => EndLingering(), null,
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
    public void AppendFrame(object owner, ulong pts, ReadOnlySpan<byte> frame) =>
        CurrentRun()?.Append(owner, pts, frame, step => Deliver(new InputDiscontinuity(pts, step)));

    /// <summary>The fragment that the owner's last frames belong to is complete.</summary>
    /// <param name="owner">The sink.</param>
    /// <param name="audio">What its <c>moov</c> says; null if it can't be read.</param>
    /// <param name="image">The M4A file.</param>
    /// <param name="startTime">Running time of its first frame in ns.</param>
    /// <param name="onCut">Told of the fragment before anything else happens to it: at once, or when the fragment before it is
    /// complete, too.</param>
    /// <returns>False when no source plays this session.</returns>
    public bool CloseFragment(object owner, Mp4Audio? audio, byte[] image, ulong startTime, Action<Fragment> onCut)
    {
        if (CurrentRun() is not { } run)
            return false;
        if (audio == null)
        {
            run.Abandon(owner);
            return true;
        }
        run.Close(owner, audio, () =>
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
            onCut(fragment);
            return fragment;
        }, Submit);
        return true;
    }

    /// <summary>The owner goes away without completing its fragment.</summary>
    public void AbandonFragment(object owner) => CurrentRun()?.Abandon(owner);

    /// <summary>No more input will come.</summary>
    public void EndInput()
    {
        lock (_gate)
        {
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
            while (!isCancelled() && _run is { } run && _source?.RunningTime is { } now)
            {
                var format = run.Format;
                // Negative in the beginning: nothing is due before the latency is over.
                var due = format.ToSamples(now) - format.ToSamples(_settings.Due);
                var result = run.Playout.Read(due, target, out position, out count);
                played = run.Playout.TakePlayed();
                if (result != PlayoutResult.Wait || played.Count > 0)
                    return result;
                Monitor.Wait(_gate, UntilDue(run, due, target.Length));
            }
            return PlayoutResult.Wait;
        }
    }

    /// <summary>Makes a waiting <see cref="Read"/> look whether it was cancelled.</summary>
    public void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
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

    private long DeadlineOf(ulong startTime)
    {
        ulong? position;
        lock (_delivery)
            position = _source?.RunningTime;
        var now = time.GetTimestamp();
        if (position is not { } running)
            return now;
        var left = (double)startTime + _settings.Deadline - running;
        return now + (long)(left / Clock.Second * time.TimestampFrequency);
    }

    private void OnEvent(StsEvent happened)
    {
        if (happened is FragmentDecided { Decision: var decision } && CurrentRun() is { } run)
            run.Decide(decision);
        Deliver(happened);
    }

    private void Submit(Fragment fragment) => Volatile.Read(ref _exchange)?.Submit(fragment);

    // Under the lock that Detach takes: no event reaches a source that has left and may be gone.
    private void Deliver(StsEvent happened)
    {
        lock (_delivery)
            _source?.OnEvent(happened);
    }

    private void EndLingering()
    {
        StsSession? exchange;
        lock (_gate)
        {
            if (_source != null || _exchange == null)
                return;
            (exchange, _exchange) = (_exchange, null);
        }
        DubSessions.Release(this);
        _ = EndAsync(exchange, "not taken up again");
    }

    private static async Task EndAsync(StsSession exchange, string reason)
    {
        try
        {
            await exchange.EndAsync(reason, TimeSpan.Zero).WaitAsync(EndTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            StsLog.Category.Warning($"the STS server did not confirm the end ({reason}) within {EndTimeout.TotalSeconds} s");
        }
        await exchange.DisposeAsync().ConfigureAwait(false);
    }
}
