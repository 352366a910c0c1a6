using Dubbing.Pipeline;
using Dubbing.Service.Configuration;
using Dubbing.Service.Egress;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <content>A run and its pipelines, one after another.</content>
internal sealed partial class StreamLife
{
    // Where playing out has taken all of the drain time: enough for a server that answers.
    private static readonly TimeSpan _leastToLeave = TimeSpan.FromSeconds(2);

    private void BeginRun(StreamSource source)
    {
        _afterlife.Cancel();
        var options = _context.Configuration.Current;
        _run = new StreamRun(source, options, Resolve(options, source), _context.NewHost(_id), _context.Time, _context.Jitter);
        _context.Metrics.RunStarted(_id);
        _run.Egress = EgressTargets.Of(_id, _run, _context, _loop);
        Launch(_run);
    }

    private ResolvedSettings Resolve(DubbingOptions options, StreamSource source)
    {
        var resolved = SettingsResolver.Resolve(options, _id, source.Type, source.Query ?? "");
        foreach (var rejected in resolved.Rejected)
            _context.Logger.LogWarning("the publish URL's {Key} is passed over: {Problem}", rejected.Key, rejected.Problem);
        return resolved;
    }

    private void Launch(StreamRun run)
    {
        _retry.Cancel();
        (run.PlayingSince, run.Latency, run.LaunchedAt) = (null, null, _context.Time.Now());
        run.StoppedTracks.Clear();
        _context.Metrics.PipelineStarted(_id, run.Settings.Settings.File);
        var settings = run.Settings.Settings;
        run.Captions.BeginOutput(gated: settings.File.Factories.Any(factory => factory.Name == "avgate"));
        var observer = new PipelineObserver(_id, run, settings.File, _context);
        var attempt = new PipelineAttempt(
            run.Host, settings.File, run.Source.In(StreamValues.For(run.Options, settings, _id, run.Id, run.Fragments.Counts.Cut)), _context.Time,
            prepare: () => _context.Folders.Begin(_id, run.Id), e => _loop.Post(() => OnPipelineEvent(run, observer, e)));
        _attempt = attempt;
        if (State != StreamState.Degraded) Enter(StreamState.Starting, null, $"{settings.File.Name} for source {run.Source.Id} ({run.Source.Type})");
        _ = RunAttemptAsync(run, observer, attempt);
    }

    private async Task RunAttemptAsync(StreamRun run, PipelineObserver observer, PipelineAttempt attempt)
    {
        var end = await attempt.RunAsync();
        _loop.Post(() => OnAttemptEnded(run, observer, end));
    }

    private void OnPipelineEvent(StreamRun run, PipelineObserver observer, PipelineEvent e)
    {
        observer.Take(e);
        if (e is PipelineElementMessage { Name: "sts-fragment-cut" }) Flow(run);
    }

    private void OnAttemptEnded(StreamRun run, PipelineObserver observer, AttemptEnd end)
    {
        _attempt = null;
        _failureGraph = end.Graph ?? _failureGraph;
        run.PlayingSince = null;
        observer.TakeEnd(end);
        if (run.Host.HasEnded) ForgetExchange(run);
        var relaunch = _relaunch;
        _relaunch = false;
        if (State == StreamState.Stopping) CloseRun(run);
        else if (relaunch) Launch(run);
        else if (!run.Present && IsInputLost(end)) AwaitPublisher();
        else if (end.Error is { } error && IsLasting(error) && !run.HasOwnInput) GiveUp(run, error);
        else Retry(run, end);
    }

    private static bool IsInputLost(AttemptEnd end) => end.Clean || end.Cause == "input";

    // What is said of an input that can't be dubbed, however often it is tried: until another publisher comes, which an input of the
    // stream's own has no way to tell.
    private static bool IsLasting(StreamError? error) =>
        error is { Message: var message }
        && (message.StartsWith("the input has no track", StringComparison.OrdinalIgnoreCase)
            || message.StartsWith("no audio track", StringComparison.OrdinalIgnoreCase)
            || message.StartsWith("no video track", StringComparison.OrdinalIgnoreCase));

    private void GiveUp(StreamRun run, StreamError error)
    {
        Enter(StreamState.Degraded, _context.Mask(error.Message), "no restart helps");
        // Until another publisher comes nothing is launched.
        ForgetExchange(run);
        _ = LeaveHostAsync(run);
    }

    // The exchange lived in what is gone, and could not say so.
    private void ForgetExchange(StreamRun run)
    {
        if (run.StsState is not null) run.StsState = "ended";
        _context.Metrics.ExchangeEnded(_id);
    }

    private void Retry(StreamRun run, AttemptEnd end)
    {
        run.Restarts++;
        _context.Metrics.Restarted(_id, end.Cause);
        // An input without its tracks is there.
        var isLasting = IsLasting(end.Error);
        var isLost = IsInputLost(end) && !isLasting;
        var (pause, tooMany) = run.RestartPolicy.Next(isFailure: !isLost && end.Cause != "output");
        _retry.Start(pause);
        if (isLost)
        {
            run.InputLostSince ??= _context.Time.GetUtcNow();
            if (run.Present && run.Listed != true && !run.HasOwnInput) _lost.StartOnce(Patience(run));
        }

        var why = end.Error is { } error ? _context.Mask(error.Message) : "the input ended while its publisher is there";
        if (isLasting) Enter(StreamState.Degraded, why, $"next try in {pause.TotalSeconds:0.0} s");
        else if (tooMany) Enter(StreamState.Degraded, $"it fails again and again: {why}", $"next try in {pause.TotalSeconds:0.0} s");
        else if (State != StreamState.Degraded) Enter(StreamState.Starting, null, $"{why}; next try in {pause.TotalSeconds:0.0} s");
    }

    private void BeginStop(string why)
    {
        CancelTimers();
        Enter(StreamState.Stopping, null, why);
        if (_attempt is { } attempt) attempt.Stop(drain: true, _run!.Options.Lifecycle.Drain);
        else CloseRun(_run!);
    }

    // With the last pipeline gone, what lives beside them goes: the run ends when that is done.
    private void CloseRun(StreamRun run)
    {
        CancelTimers();
        _leaving = true;
        var left = Task.WhenAll(LeaveHostAsync(run), run.Egress!.StopAsync());
        if (left.IsCompleted) EndRun();
        else _ = EndRunAfterAsync(left, TimeToLeave(run));
    }

    // An STS server that does not answer any more must not keep the service from ending in its time.
    private TimeSpan TimeToLeave(StreamRun run)
    {
        if (_closing is not { } since) return Timeout.InfiniteTimeSpan;
        var left = run.Options.Lifecycle.Drain - (_context.Time.Now() - since);
        return left > _leastToLeave ? left : _leastToLeave;
    }

    private async Task EndRunAfterAsync(Task left, TimeSpan limit)
    {
        try
        {
            await left.WaitAsync(limit, _context.Time);
        }
        catch (TimeoutException)
        {
            _context.Logger.LogError("what is left of the run does not end within the drain time and goes with the service");
        }

        _loop.Post(EndRun);
    }

    private async Task LeaveHostAsync(StreamRun run)
    {
        try
        {
            await run.Host.DisposeAsync();
        }
        catch (Exception e)
        {
            _context.Logger.LogError("what the run's pipelines lived in did not end well: {Message}", e.Message);
        }
    }

    private void EndRun()
    {
        _leaving = false;
        ForgetExchange(_run!);
        Enter(StreamState.Idle, null, "the run has ended");
        _context.Folders.End(_id, _run!.Id);
        _run.Captions.Feed.End();
        _run.Events.End();
        if (_next is { } source)
        {
            _next = null;
            BeginRun(source);
            return;
        }

        _context.Slots.Free();
        _afterlife.Start(StreamSupervisor.Afterlife);
    }

    private void CancelTimers()
    {
        _grace.Cancel();
        _lost.Cancel();
        _retry.Cancel();
    }
}
