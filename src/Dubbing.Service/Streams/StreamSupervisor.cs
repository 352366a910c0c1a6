using System.Threading.Channels;
using Dubbing.Pipeline;
using Dubbing.Service.Configuration;

namespace Dubbing.Service.Streams;

/// <summary>One stream: takes the hooks' and the pipeline's events, one after another, and keeps at most one pipeline.</summary>
/// <remarks>Everything that happens is an action in one queue that one loop works off; no action waits. A pipeline counts as
/// gone only when its <see cref="PipelineAttempt"/> has ended, and the next one is launched no sooner. Public members may be
/// called from any thread.</remarks>
internal sealed partial class StreamSupervisor
{
    /// <summary>How long an ended stream stays visible.</summary>
    public static readonly TimeSpan Afterlife = TimeSpan.FromMinutes(10);

    // What posts the messages about the exchange with the STS server, whatever it is called in the pipeline.
    private const string StsSource = "stssrc";

    private readonly string _id;
    private readonly StreamContext _context;
    private readonly Action<StreamSupervisor> _retire;
    private readonly Channel<Action> _actions = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StreamState _state = StreamState.Idle;
    private DateTimeOffset _since;
    private string? _reason;
    private volatile StreamRun? _run;
    private StreamSource? _next;
    private volatile PipelineAttempt? _attempt;
    private volatile string? _failureGraph;
    private StreamTimer? _grace, _retry, _afterlife;
    private bool _closing, _retired;
    private volatile StreamStatus _status;

    /// <summary>Creates the stream, idle.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="context">What all streams share.</param>
    /// <param name="retire">Told when the stream has been idle for long and answers no more.</param>
    public StreamSupervisor(string id, StreamContext context, Action<StreamSupervisor> retire)
    {
        (_id, _context, _retire, _since) = (id, context, retire, context.Time.GetUtcNow());
        _status = new StreamStatus(id, _state, null, _since);
        // Not in the context of the request that happens to be the first: its log scopes would stay for ever.
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(LoopAsync);
    }

    /// <summary>Raised on the loop after each change; for tests.</summary>
    internal event Action<StreamStatus>? Changed;

    public string Id => _id;

    public StreamStatus Status => WithCountdown(_status);

    /// <summary>The last fragments of the present or last run.</summary>
    public IReadOnlyList<FragmentRecord> Fragments => _run?.Fragments.Records ?? [];

    /// <summary>The present or last run: of it only what any thread may use. Null before the first.</summary>
    public StreamRun? Run => _run;

    /// <summary>The pipeline while there is one.</summary>
    public IRunningPipeline? Pipeline => _attempt?.Pipeline;

    /// <summary>The pipeline graph: of the pipeline that runs, or of the one that failed last; empty for none.</summary>
    public string Graph() => Pipeline?.Graph() ?? _failureGraph ?? "";

    /// <summary>A publisher came. Null: this object has retired, ask for another.</summary>
    public Task<HookAnswer?> ReadyAsync(StreamSource source) => AskAsync(() => OnReady(source));

    /// <summary>A publisher left. Null: this object has retired, so nothing runs.</summary>
    public Task<HookAnswer?> NotReadyAsync(string sourceId) => AskAsync(() => OnNotReady(sourceId));

    /// <summary>Plays out what is inside, within the drain time, and takes no more publishers. Completes when all is gone.</summary>
    public Task ShutdownAsync()
    {
        Post(() =>
        {
            _closing = true;
            _next = null;
            if (_state == StreamState.Idle) _ended.TrySetResult();
            else if (_state != StreamState.Stopping) BeginStop("the service is stopping");
        });
        return _ended.Task;
    }

    /// <summary>Takes in what the output element counts, once a second.</summary>
    /// <param name="bytes">Bytes that left; null: the pipeline has no such count.</param>
    public void OutputCounted(long? bytes)
    {
        // Once a second for each stream: not worth a place in the queue when nothing can come of it.
        if (_status.State is StreamState.Starting or StreamState.Degraded) Post(() => OnOutputCounted(bytes));
    }

    private void OnOutputCounted(long? bytes)
    {
        if (_run?.PlayingSince is not { } since || _state is not (StreamState.Starting or StreamState.Degraded)) return;
        if (bytes is { } count ? count > 0 : _context.Time.GetUtcNow() - since >= _run.Delay(_context.Options))
            Enter(StreamState.Running, null, "output flows");
    }

    private HookAnswer OnReady(StreamSource source)
    {
        if (_closing) return new HookAnswer(HookResult.Draining, "the service is stopping");
        switch (_state)
        {
            case StreamState.Idle:
                if (!_context.Slots.TryTake())
                    return new HookAnswer(HookResult.LimitReached, $"{_context.Options.Lifecycle.MaxConcurrentStreams} streams run, as many as may");
                BeginRun(source);
                return new HookAnswer(HookResult.WorkerStarted, $"run {_run!.Id} begins");
            case StreamState.Stopping:
                var first = _next is null;
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
        if (run.Source.Input is not null)
            return new HookAnswer(HookResult.AlreadyRunning, $"run {run.Id} was started by the API and has an input of its own; this publisher is not dubbed");
        var isNew = run.Source.Id != source.Id;
        var settings = isNew ? Resolve(source) : run.Settings;
        if (settings.Asked != run.Settings.Asked)
        {
            _next = source;
            BeginStop("another publisher came who asks for other settings");
            return new HookAnswer(HookResult.WorkerStarted, "a new run begins with the settings asked for when the one before has been played out");
        }

        var returned = !run.Present || isNew;
        (run.Source, run.Settings) = (source, settings);
        run.Present = true;
        Cancel(ref _grace);
        if (returned && _attempt is null)
        {
            Enter(StreamState.Starting, null, "a publisher came");
            Launch(run);
        }

        return new HookAnswer(HookResult.AlreadyRunning, $"run {run.Id} goes on");
    }

    private HookAnswer OnNotReady(string sourceId)
    {
        if (_next?.Id == sourceId) _next = null;
        switch (_state)
        {
            case StreamState.Idle:
                return new HookAnswer(HookResult.NotRunning, "nothing runs");
            case StreamState.Stopping:
                return new HookAnswer(HookResult.StopScheduled, "the run is being played out");
            case var _ when _run!.Source.Id != sourceId:
                return new HookAnswer(HookResult.AlreadyRunning, $"source {_run.Source.Id} publishes now; that one was replaced");
        }

        _run.Present = false;
        if (_attempt is null && _run.PlayedOut)
        {
            EndRun();
            return new HookAnswer(HookResult.StopScheduled, "the input had ended and has been played out");
        }

        var grace = _context.Options.Lifecycle.Grace;
        _grace ??= After(grace, () => BeginStop("the publisher left and did not return"));
        return new HookAnswer(HookResult.StopScheduled, $"the run stops at {_grace.Due:HH:mm:ss} UTC unless a publisher returns");
    }

    private void BeginRun(StreamSource source)
    {
        Cancel(ref _afterlife);
        _run = new StreamRun(source, Resolve(source), _context.Time, _context.Jitter);
        _context.Metrics.RunStarted(_id);
        Launch(_run);
    }

    private ResolvedSettings Resolve(StreamSource source)
    {
        var resolved = SettingsResolver.Resolve(_context.Options, _id, source.Type, source.Query);
        foreach (var rejected in resolved.Rejected)
            _context.Logger.LogWarning("the publish URL's {Key} is passed over: {Problem}", rejected.Key, rejected.Problem);
        return resolved;
    }

    private void Launch(StreamRun run)
    {
        Cancel(ref _retry);
        var options = _context.Options;
        (run.PlayedOut, run.PlayingSince, run.Latency, run.LaunchedAt) = (false, null, null, _context.Time.GetUtcNow());
        _context.Metrics.PipelineStarted(_id, run.File);
        run.Captions.BeginOutput(gated: run.File.Factories.Any(factory => factory.Name == "avgate"));
        var values = run.Source.In(StreamValues.For(options, run.Settings.Settings, _id, run.Id, run.Fragments.Counts.Cut));
        var attempt = new PipelineAttempt(_context.Launcher, run.File, values, _context.Time, e => Post(() => OnPipelineEvent(run, e)));
        _attempt = attempt;
        if (_state != StreamState.Degraded) Enter(StreamState.Starting, null, $"{run.File.Name} for source {run.Source.Id} ({run.Source.Type})");
        _ = RunAttemptAsync(run, attempt);
    }

    private async Task RunAttemptAsync(StreamRun run, PipelineAttempt attempt)
    {
        _context.Folders.Begin(_id, run.Id);
        var end = await attempt.RunAsync();
        Post(() => OnAttemptEnded(run, end));
    }

    private void OnPipelineEvent(StreamRun run, PipelineEvent e)
    {
        _context.Metrics.Add(_id, run.File.Name, e);
        if (StreamEvent.From(e, _context.Mask) is { } told) run.Events.Publish(told);
        switch (e)
        {
            case PipelineStateChanged { State: PipelineState.Running }:
                run.PlayingSince = e.At;
                break;
            case PipelineLatencyChanged latency:
                run.Latency = latency.Latency;
                break;
            case PipelineWarning warning:
                _context.Logger.LogWarning("{Element}: {Message}", warning.Element, _context.Mask.Mask(warning.Message));
                break;
            case PipelineError error:
                AddError(run, new StreamError(error.At, error.Factory, error.Message));
                break;
            case PipelineElementMessage message:
                OnMessage(run, message);
                break;
        }
    }

    private void OnMessage(StreamRun run, PipelineElementMessage message)
    {
        if (message.Name == "sts-state") OnStsState(run, message);
        run.Captions.Add(message);
        if (message.Name == "sts-error") LogStsError(message);
        if (run.Fragments.Add(message) is { } fragment && message.Name == "sts-fragment") FragmentLine.Write(_context.Logger, fragment);
    }

    // One line for each: what the server reports, and what of it could not be read.
    private void LogStsError(PipelineElementMessage message)
    {
        using var scope = _context.Logger.BeginScope(new LogScope(("fragment_id", () => message.Text("fragment-id"))));
        _context.Logger.LogWarning("STS: {Code}: {Message}", message.Text("code"), _context.Mask.Mask(message.Text("message")));
    }

    // One error for each time that the server is lost or refuses for good, not one for each attempt to reach it again.
    private void OnStsState(StreamRun run, PipelineElementMessage message)
    {
        run.StsState = message.Text("state");
        var error = run.StsState switch
        {
            "disconnected" when !run.StsLost => $"the STS server can't be reached, the original plays: {message.Text("reason")}",
            "failed" => $"the STS server refuses the stream, the original plays: {message.Text("reason")}",
            _ => null,
        };
        if (error is not null) AddError(run, new StreamError(message.At, StsSource, error));
        if (run.StsState is "disconnected" or "ready") run.StsLost = run.StsState == "disconnected";
    }

    private void OnAttemptEnded(StreamRun run, AttemptEnd end)
    {
        _attempt = null;
        _failureGraph = end.Graph ?? _failureGraph;
        run.PlayingSince = null;
        run.PlayedOut = end.Clean;
        _context.Metrics.PipelineEnded(_id, run.File.Name, failed: end.Error is not null);
        if (end is { Cause: "launch", Error: { } fault }) AddError(run, fault);
        var relaunch = _relaunch;
        _relaunch = false;
        if (_state == StreamState.Stopping || (end.Clean && !run.Present)) EndRun();
        else if (relaunch) Launch(run);
        else if (end.Error is { } error && IsLasting(error.Message)) Enter(StreamState.Degraded, _context.Mask.Mask(error.Message), "no restart helps");
        else Retry(run, end);
    }

    // What the probing element says of an input that can't be dubbed, however often it is tried.
    private static bool IsLasting(string message) =>
        message.StartsWith("no audio track", StringComparison.OrdinalIgnoreCase)
        || message.StartsWith("no video track", StringComparison.OrdinalIgnoreCase);

    private void Retry(StreamRun run, AttemptEnd end)
    {
        run.Restarts++;
        _context.Metrics.Restarted(_id, end.Cause);
        var (pause, tooMany) = run.RestartPolicy.Next();
        _retry = After(pause, () => Launch(run));
        var why = end.Error is { } error ? _context.Mask.Mask(error.Message) : "the input ended while its publisher is there";
        if (tooMany) Enter(StreamState.Degraded, $"it fails again and again: {why}", $"next try in {pause.TotalSeconds:0.0} s");
        else if (_state != StreamState.Degraded) Enter(StreamState.Starting, null, $"{why}; next try in {pause.TotalSeconds:0.0} s");
    }

    private void BeginStop(string why)
    {
        Cancel(ref _grace);
        Cancel(ref _retry);
        Enter(StreamState.Stopping, null, why);
        if (_attempt is { } attempt) attempt.Stop(drain: true, _context.Options.Lifecycle.Drain);
        else EndRun();
    }

    private void EndRun()
    {
        Cancel(ref _grace);
        Cancel(ref _retry);
        Enter(StreamState.Idle, null, "the run has ended");
        _context.Folders.End(_id, _run!.Id);
        _run.Captions.Feed.End();
        _run.Events.End();
        _context.Metrics.RunEnded(_id);
        if (_next is { } source)
        {
            _next = null;
            BeginRun(source);
            return;
        }

        _context.Slots.Free();
        _afterlife = After(Afterlife, Retire);
        if (_closing) _ended.TrySetResult();
    }

    private void Retire()
    {
        _retired = true;
        _ended.TrySetResult();
        _context.Metrics.Remove(_id);
        _retire(this);
    }

    private void Enter(StreamState state, string? reason, string why)
    {
        if (_state != state) _since = _context.Time.GetUtcNow();
        (_state, _reason) = (state, reason);
        _run?.Events.Publish(StreamEvent.State(_context.Time.GetUtcNow(), state, reason, why));
        _context.Logger.Log(state == StreamState.Degraded ? LogLevel.Warning : LogLevel.Information,
            "{State}: {Why}{Reason}", state.ToString().ToLowerInvariant(), why, reason is null ? "" : $" ({reason})");
    }

    private void AddError(StreamRun run, StreamError error)
    {
        error = error with { Message = _context.Mask.Mask(error.Message) };
        run.AddError(error);
        _context.Logger.LogError("{Element}: {Message}", error.Element, error.Message);
    }

    private StreamStatus Snapshot() => new(_id, _state, _run?.Id, _since)
    {
        Reason = _reason,
        Pipeline = _run?.File.Name,
        SourceType = _run?.Source.Type,
        SourceId = _run?.Source.Id,
        DelaySeconds = _run?.Delay(_context.Options).TotalSeconds,
        FillsFrom = _state == StreamState.Starting ? _retry?.Due ?? _run?.LaunchedAt : null,
        StopAt = _grace?.Due,
        NextTryAt = _retry?.Due,
        Restarts = _run?.Restarts ?? 0,
        StsState = _run?.StsState,
        Settings = _run?.Settings.Effective,
        RejectedSettings = _run?.Settings.Rejected is { Count: > 0 } rejected ? rejected : null,
        Fragments = _run?.Fragments.Counts,
        Errors = _run?.Errors ?? [],
    };

    private StreamStatus WithCountdown(StreamStatus status)
    {
        if (status is not { FillsFrom: { } from, DelaySeconds: { } delay }) return status;
        var left = delay - (_context.Time.GetUtcNow() - from).TotalSeconds;
        return status with { FirstOutputInSeconds = Math.Max(0, Math.Round(left, 3)) };
    }

    private StreamTimer After(TimeSpan due, Action action)
    {
        StreamTimer? timer = null;
        timer = new StreamTimer(_context.Time, due, () => Post(() =>
        {
            // One that was cancelled while its action stood in the queue does nothing.
            if (timer!.IsCancelled) return;
            Forget(timer);
            action();
        }));
        return timer;
    }

    private void Forget(StreamTimer timer)
    {
        if (_grace == timer) _grace = null;
        if (_retry == timer) _retry = null;
        if (_afterlife == timer) _afterlife = null;
        timer.Dispose();
    }

    private static void Cancel(ref StreamTimer? timer)
    {
        timer?.Dispose();
        timer = null;
    }

    // False once the stream has retired.
    private bool Post(Action action) => _actions.Writer.TryWrite(action);

    private async Task<HookAnswer?> AskAsync(Func<HookAnswer> ask)
    {
        var answer = new TaskCompletionSource<HookAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ask()
        {
            var said = _retired ? null : ask();
            // Whoever asked may look at the status next.
            _status = Snapshot();
            answer.SetResult(said);
        }

        return Post(Ask) ? await answer.Task : null;
    }

    private async Task LoopAsync()
    {
        await foreach (var action in _actions.Reader.ReadAllAsync())
        {
            // run_id is read when a line is written: the action may begin a run.
            using var scope = _context.Logger.BeginScope(new LogScope(("stream_id", () => _id), ("run_id", () => _run?.Id ?? "")));
            try
            {
                action();
            }
            catch (Exception e)
            {
                _context.Logger.LogCritical(e, "an event could not be dealt with");
            }

            _status = Snapshot();
            Changed?.Invoke(_status);
            if (_retired) _actions.Writer.TryComplete();
        }
    }
}
