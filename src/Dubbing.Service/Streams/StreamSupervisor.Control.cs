namespace Dubbing.Service.Streams;

/// <content>What the API asks of a stream.</content>
internal sealed partial class StreamSupervisor
{
    // The pipeline that ends now was asked to: the next is launched at once.
    private bool _relaunch;

    /// <summary>Begins a run from an input that the API named, if none is on. Null: this object has retired, ask for another.</summary>
    public Task<HookAnswer?> StartAsync(StreamSource source) => AskAsync(() => _state == StreamState.Idle
        ? OnReady(source)
        : new HookAnswer(HookResult.AlreadyRunning, $"run {_run!.Id} is {_state.ToString().ToLowerInvariant()}"));

    /// <summary>Plays the run out and ends it. Null: this object has retired, so nothing runs.</summary>
    public Task<HookAnswer?> StopAsync() => AskAsync(OnStop);

    /// <summary>Ends the pipeline and launches the next at once, within the same run. Null: this object has retired, so nothing runs.</summary>
    public Task<HookAnswer?> RestartAsync() => AskAsync(OnRestart);

    private HookAnswer OnStop()
    {
        _next = null;
        if (_state == StreamState.Idle) return new HookAnswer(HookResult.NotRunning, "nothing runs");
        if (_state != StreamState.Stopping) BeginStop("it was asked to");
        return new HookAnswer(HookResult.StopScheduled, "the run is being played out");
    }

    private HookAnswer OnRestart()
    {
        if (_state is StreamState.Idle or StreamState.Stopping) return new HookAnswer(HookResult.NotRunning, "nothing runs, or not for long");
        _context.Metrics.Restarted(_id, "request");
        _run!.Restarts++;
        Enter(StreamState.Starting, null, "a restart was asked for");
        if (_attempt is { } attempt)
        {
            _relaunch = true;
            attempt.Stop(drain: false, TimeSpan.Zero);
        }
        else
        {
            Launch(_run);
        }

        return new HookAnswer(HookResult.WorkerStarted, $"run {_run.Id} gets another pipeline");
    }
}
