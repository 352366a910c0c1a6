namespace Dubbing.Service.Streams;

/// <content>What the API asks of a stream.</content>
internal sealed partial class StreamLife
{
    // The pipeline that ends now was asked to: the next is launched at once.
    private bool _relaunch;

    /// <summary>The API named an input: a run begins, if none is on.</summary>
    public HookAnswer OnStart(StreamSource source) => State == StreamState.Idle
        ? Come(source)
        : new HookAnswer(HookResult.AlreadyRunning, $"run {_run!.Id} is {State.ToString().ToLowerInvariant()}");

    /// <summary>The run is to be played out and to end.</summary>
    public HookAnswer OnStop()
    {
        if (_next is { } next) _context.Dismissed.Add(_id, next.Id);
        else if (State is not (StreamState.Idle or StreamState.Stopping) && _run is { HasOwnInput: false, Present: true } run) _context.Dismissed.Add(_id, run.Source.Id);
        _next = null;
        if (State == StreamState.Idle) return new HookAnswer(HookResult.NotRunning, "nothing runs");
        if (State != StreamState.Stopping || IsAwaitingPublisher) BeginStop("it was asked to");
        return new HookAnswer(HookResult.StopScheduled, "the run is being played out");
    }

    /// <summary>The pipeline is to end and the next to be launched at once, within the same run.</summary>
    public HookAnswer OnRestart()
    {
        if (State is StreamState.Idle or StreamState.Stopping) return new HookAnswer(HookResult.NotRunning, "nothing runs, or not for long");
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
