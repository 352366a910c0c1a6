using Dubbing.Pipeline;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>The state machine of one stream. Each event is one method, called on the stream's loop, and none waits.</summary>
/// <remarks>
/// <para>
/// idle → starting → running → (degraded) → stopping → idle. A run begins with a publisher and goes on over as many pipelines as it
/// takes. A pipeline counts as gone only when its <see cref="PipelineAttempt"/> has ended, and the next one is launched no sooner:
/// so there are never two.
/// </para>
/// <list type="table">
/// <item><term>grace</term><description>the publisher left; when it is over the run is played out</description></item>
/// <item><term>lost</term><description>nothing comes in although the publisher should be there, and the media server does not
/// list it, or can't be asked; when it is over the run ends</description></item>
/// <item><term>retry</term><description>the pipeline ended too early; when it is over the next is launched</description></item>
/// <item><term>afterlife</term><description>the stream is idle; when it is over it is forgotten</description></item>
/// </list>
/// </remarks>
internal sealed partial class StreamLife
{
    private const int SupersededKept = 8;

    private readonly string _id;
    private readonly StreamContext _context;
    private readonly SerialLoop _loop;
    private readonly Action _retire;
    private readonly LoopTimer _grace, _lost, _retry, _afterlife;
    private DateTimeOffset _since;
    private string? _reason;
    private StreamSource? _next;
    private readonly Queue<string> _superseded = new();
    private volatile StreamRun? _run;
    private volatile PipelineAttempt? _attempt;
    private volatile string? _failureGraph;
    private TimeSpan _lastHook = TimeSpan.MinValue;

    // Since when the service stops.
    private TimeSpan? _closing;

    // The run's last pipeline is gone, and what they lived in is about to be.
    private bool _leaving;

    /// <summary>Creates the stream, idle.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="context">What all streams share.</param>
    /// <param name="loop">The stream's loop.</param>
    /// <param name="retire">Called when the stream has been idle for long.</param>
    public StreamLife(string id, StreamContext context, SerialLoop loop, Action retire)
    {
        (_id, _context, _loop, _retire, _since) = (id, context, loop, retire, context.Time.GetUtcNow());
        _grace = new LoopTimer(loop, context.Time, () => BeginStop("the publisher left and did not return"));
        _lost = new LoopTimer(loop, context.Time, OnStillLost);
        _retry = new LoopTimer(loop, context.Time, () => Launch(_run!));
        _afterlife = new LoopTimer(loop, context.Time, Retire);
    }

    public StreamState State { get; private set; } = StreamState.Idle;

    /// <summary>It has been idle for long and answers no more.</summary>
    public bool HasRetired { get; private set; }

    /// <summary>The present or last run; any thread.</summary>
    public StreamRun? Run => _run;

    /// <summary>The pipeline while there is one; any thread.</summary>
    public IRunningPipeline? Pipeline => _attempt?.Pipeline;

    /// <summary>The graph of the pipeline that failed last; any thread.</summary>
    public string? FailureGraph => _failureGraph;

    // The run is not over: everything has been played out and its publisher may still return.
    private bool IsAwaitingPublisher => State == StreamState.Stopping && _attempt is null && !_leaving;

    // The publisher that is there; null: none is.
    private StreamSource? Newest => State == StreamState.Idle ? null : _next ?? (_run!.Present ? _run.Source : null);

    /// <summary>A hook: a publisher came.</summary>
    public HookAnswer OnReady(StreamSource source)
    {
        _lastHook = _context.Time.Now();
        if (Newest is { } newest && newest.Id != source.Id && _superseded.Contains(source.Id))
            return new HookAnswer(HookResult.AlreadyRunning, $"source {newest.Id} came after that one: this event is old");
        _context.Dismissed.Remove(_id);
        return Come(source);
    }

    /// <summary>A hook: a publisher left.</summary>
    public HookAnswer OnNotReady(string sourceId)
    {
        _lastHook = _context.Time.Now();
        if (_next?.Id == sourceId) _next = null;
        if (_context.Dismissed.Contains(_id, sourceId)) _context.Dismissed.Remove(_id);
        switch (State)
        {
            case StreamState.Idle:
                return new HookAnswer(HookResult.NotRunning, "nothing runs");
            case StreamState.Stopping:
                return new HookAnswer(HookResult.StopScheduled, "the run is being played out");
            case var _ when _run!.Source.Id != sourceId:
                return new HookAnswer(HookResult.AlreadyRunning, $"source {_run.Source.Id} publishes now; that one was replaced");
        }

        Leave(_run);
        return new HookAnswer(HookResult.StopScheduled, $"the run stops at {_grace.Due:HH:mm:ss} UTC unless a publisher returns");
    }

    /// <summary>What the output element has counted; null: it has no such count.</summary>
    public void OnOutputCounted(long? bytes)
    {
        if (_run is not { PlayingSince: { } since } run || State is StreamState.Idle or StreamState.Stopping) return;
        if (bytes > 0) Flow(run);
        if (State is StreamState.Starting or StreamState.Degraded && (bytes is { } count ? count > 0 : _context.Time.Now() - since >= run.Delay))
            Enter(StreamState.Running, null, "output flows");
    }

    /// <summary>The service stops: no more publishers, and what is inside is played out.</summary>
    public void OnShutdown()
    {
        _closing = _context.Time.Now();
        _next = null;
        if (State != StreamState.Idle && (State != StreamState.Stopping || IsAwaitingPublisher)) BeginStop("the service is stopping");
    }

    /// <summary>The stream as it is now.</summary>
    public StreamStatus Snapshot() => new(_id, State, _run?.Id, _since)
    {
        Reason = _reason,
        Pipeline = _run?.Settings.Settings.File.Name,
        SourceType = _run?.Source.Type,
        SourceId = _run?.Source.Id,
        DelaySeconds = _run?.Delay.TotalSeconds,
        FillsFrom = State == StreamState.Starting ? _retry.Due ?? _context.Time.GetUtcNow() - (_context.Time.Now() - _run?.LaunchedAt) : null,
        StopAt = _grace.Due ?? _lost.Due,
        NextTryAt = _retry.Due,
        InputLostSince = _run?.InputLostSince,
        StoppedTracks = _run is { StoppedTracks: { Count: > 0 } stopped } ? [.. stopped] : null,
        Restarts = _run?.Restarts ?? 0,
        StsState = _run?.StsState,
        WorkerPid = _run?.Host.ProcessId,
        Settings = _run?.Settings.Effective,
        RejectedSettings = _run?.Settings.Rejected is { Count: > 0 } rejected ? rejected : null,
        Fragments = _run?.Fragments.Counts,
        Egress = _run?.Egress?.Status,
        Errors = _run?.Errors ?? [],
    };

    private HookAnswer Come(StreamSource source)
    {
        if (_closing is not null) return new HookAnswer(HookResult.Draining, "the service is stopping");
        switch (State)
        {
            case StreamState.Idle:
                if (!_context.Slots.TryTake())
                {
                    _afterlife.StartOnce(StreamSupervisor.Afterlife);
                    return new HookAnswer(HookResult.LimitReached, $"{_context.Slots.Most} streams run, as many as may");
                }

                BeginRun(source);
                return new HookAnswer(HookResult.WorkerStarted, $"run {_run!.Id} begins");
            case StreamState.Stopping when !IsAwaitingPublisher:
                var first = _next is null;
                Supersede(_next ?? _run!.Source, source);
                _next = source;
                return first
                    ? new HookAnswer(HookResult.WorkerStarted, "a new run begins when the one before has been played out")
                    : new HookAnswer(HookResult.AlreadyRunning, "a new run is about to begin");
            default:
                return Continue(_run!, source);
        }
    }

    private HookAnswer Continue(StreamRun run, StreamSource source)
    {
        if (run.HasOwnInput)
            return new HookAnswer(HookResult.AlreadyRunning, $"run {run.Id} was started by the API and has an input of its own; this publisher is not dubbed");
        var isNew = run.Source.Id != source.Id;
        if (isNew)
        {
            Supersede(run.Source, source);
            // A query that can't be had is taken to be that of the publisher before.
            source = source with { Query = source.Query ?? run.Source.Query };
            var settings = Resolve(run.Options, source);
            if (settings.Asked != run.Settings.Asked)
            {
                _next = source;
                BeginStop("another publisher came who asks for other settings");
                return new HookAnswer(HookResult.WorkerStarted, "a new run begins with the settings asked for when the one before has been played out");
            }

            (run.Source, run.Settings) = (source, settings);
            run.RestartPolicy.ForgetLosses();
        }

        var returned = isNew || !run.Present;
        run.Present = true;
        _grace.Cancel();
        if (returned)
        {
            // What was lost was the publisher's before.
            _lost.Cancel();
            run.InputLostSince = null;
        }

        if (returned && _attempt is null)
        {
            Enter(StreamState.Starting, null, "a publisher came");
            Launch(run);
        }

        return new HookAnswer(HookResult.AlreadyRunning, $"run {run.Id} goes on");
    }

    // Events come twice and out of order: one of a publisher that another came after is old. Sources that have no id can't be told apart.
    private void Supersede(StreamSource before, StreamSource source)
    {
        if (before.Id.Length == 0 || before.Id == source.Id) return;
        _superseded.Enqueue(before.Id);
        if (_superseded.Count > SupersededKept) _superseded.Dequeue();
    }

    private void Leave(StreamRun run)
    {
        run.Present = false;
        _lost.Cancel();
        _grace.StartOnce(run.Options.Lifecycle.Grace);
        // Its pipeline came to the end of the input before.
        if (_attempt is null && _retry.Due is not null && run.InputLostSince is not null) AwaitPublisher();
    }

    private void AwaitPublisher()
    {
        _retry.Cancel();
        Enter(StreamState.Stopping, null, "what came in is played out; the run ends unless the publisher returns");
    }

    private void Retire()
    {
        HasRetired = true;
        _context.Metrics.Remove(_id);
        _retire();
    }

    private void Enter(StreamState state, string? reason, string why)
    {
        if (State != state) _since = _context.Time.GetUtcNow();
        (State, _reason) = (state, reason);
        // What is played out still flows; a run that is over stops its targets by itself.
        if (State != StreamState.Stopping || _attempt is null) _run?.Egress?.OutputFlows(State == StreamState.Running);
        _run?.Events.Publish(StreamEvent.State(_context.Time.GetUtcNow(), state, reason, why));
        _context.Logger.Log(state == StreamState.Degraded ? LogLevel.Warning : LogLevel.Information,
            "{State}: {Why}{Reason}", state.ToString().ToLowerInvariant(), why, reason is null ? "" : $" ({reason})");
    }
}
