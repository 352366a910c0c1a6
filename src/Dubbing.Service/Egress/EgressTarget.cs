using Dubbing.Pipeline;
using Dubbing.Service.Configuration;
using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Egress;

/// <summary>Passes a stream's output on to one target for as long as a run lasts: one pipeline after another in a host of their own, with
/// growing pauses after failures. What happens here changes nothing of the stream. Used on the stream's loop, where not said otherwise.</summary>
internal sealed class EgressTarget
{
    // Longer than a group of pictures: until its first picture a pipeline has nothing to send.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // When the run ends, its last packets are still on their way.
    private static readonly TimeSpan _lastPackets = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _playOut = TimeSpan.FromSeconds(2);

    private readonly int _number;
    private readonly string _shown;
    private readonly StreamRun _run;
    private readonly string _streamId;
    private readonly LaunchFile _file;
    private readonly IReadOnlyDictionary<string, PlaceholderValue> _values;
    private readonly SecretMask _mask;
    private readonly StreamContext _context;
    private readonly SerialLoop _loop;
    private readonly IPipelineHost _host;
    private readonly LoopTimer _retry;
    private RestartPolicy _policy;
    private EgressState _state = EgressState.Waiting;
    private volatile PipelineAttempt? _attempt;
    private Task _ended = Task.CompletedTask;
    private bool _flows, _stopping;

    // The pipeline was there before the output began to flow: it may be about to find that it has lost its input.
    private bool _isOlder;
    private long _bytes;
    private TimeSpan _progressAt;
    private string? _stalled, _lastError;
    private int _restarts;

    /// <summary>Creates the way to a target; nothing runs yet.</summary>
    /// <param name="number">Its place in the stream's list, from 1.</param>
    /// <param name="values">What stands in the pipeline file's placeholders.</param>
    /// <param name="file">The pipeline file.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="run">The run.</param>
    /// <param name="context">What all streams share.</param>
    /// <param name="loop">The stream's loop.</param>
    public EgressTarget(
        int number, IReadOnlyDictionary<string, PlaceholderValue> values, LaunchFile file, string streamId, StreamRun run, StreamContext context, SerialLoop loop)
    {
        (_number, _values, _file, _streamId, _run, _context, _loop) = (number, values, file, streamId, run, context, loop);
        _shown = AddressSecrets.Shown(values["target"].Text);
        _mask = SecretMask.For(values);
        // A name of its own: what outlives a pipeline of the stream is not ours to end.
        _host = context.NewHost($"{streamId}/egress/{number}");
        _policy = new RestartPolicy(context.Time, context.Jitter);
        _retry = new LoopTimer(loop, context.Time, Launch);
    }

    /// <summary>The target as it is now.</summary>
    public EgressStatus Status => new(_shown, _state, _restarts) { NextTryAt = _retry.Due, LastError = _lastError };

    /// <summary>The stream's output begins to flow, or does no more. A pipeline that is there stays: whether it has lost its input it knows itself.</summary>
    public void OutputFlows(bool flows)
    {
        if (_flows == flows || _stopping) return;
        (_flows, _progressAt) = (flows, _context.Time.Now());
        _retry.Cancel();
        if (!flows)
        {
            Wait();
            return;
        }

        // What failed before may have failed for want of input.
        _policy = new RestartPolicy(_context.Time, _context.Jitter);
        _isOlder = _attempt is not null;
        if (_isOlder) Enter(EgressState.Connecting);
        else Launch();
    }

    /// <summary>Takes in what the output element has counted; called once a second, by any thread.</summary>
    public void Look()
    {
        if (_attempt is not { Pipeline: { } pipeline } attempt) return;
        var bytes = pipeline.Stats(PipelineElements.Output).Number("out-bytes-total");
        _loop.Post(() => OnCounted(attempt, bytes ?? 0));
    }

    /// <summary>The run is over: lets its last packets go, and ends. Completes, on any thread, when all is gone.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        _retry.Cancel();
        var (attempt, ended, sends) = (_attempt, _ended, _state == EgressState.Sending);
        if (sends) await Task.WhenAny(ended, Task.Delay(_lastPackets, _context.Time));
        attempt?.Stop(drain: sends, _playOut);
        await ended;
        await LeaveHostAsync();
    }

    private void Launch()
    {
        _retry.Cancel();
        (_bytes, _progressAt, _stalled, _isOlder) = (0, _context.Time.Now(), null, false);
        var attempt = new PipelineAttempt(_host, _file, _values, _context.Time, prepare: () => { }, e => _loop.Post(() => OnEvent(e)));
        _attempt = attempt;
        Enter(EgressState.Connecting);
        _ended = RunAsync(attempt);
    }

    // Where nothing runs, and nothing is about to, there is no process.
    private void Wait()
    {
        Enter(EgressState.Waiting);
        if (_attempt is null && !_flows) _ = LeaveHostAsync();
    }

    private async Task LeaveHostAsync()
    {
        try
        {
            await _host.DisposeAsync();
        }
        catch (Exception e)
        {
            _context.Logger.LogError("egress {Number} ({Target}): what its pipelines lived in did not end well: {Message}", _number, _shown, e.Message);
        }
    }

    private async Task RunAsync(PipelineAttempt attempt)
    {
        var end = await attempt.RunAsync();
        _loop.Post(() => OnEnded(end));
    }

    private void OnEvent(PipelineEvent e)
    {
        // What is wrong is the error that comes with it; a target that is away for long fills no log.
        if (e is PipelineWarning warning) _context.Logger.LogDebug("egress {Number} ({Target}): {Message}", _number, _shown, Masked(warning.Message));
    }

    private void OnCounted(PipelineAttempt attempt, long bytes)
    {
        if (_attempt != attempt || _stopping) return;
        var now = _context.Time.Now();
        if (bytes > _bytes)
        {
            // The first bytes are the handshake.
            if (_flows && _bytes > 0 && _state != EgressState.Sending) Enter(EgressState.Sending);
            _context.Metrics.EgressSent(_streamId, _number, bytes - _bytes);
            (_bytes, _progressAt) = (bytes, now);
        }
        else if (_flows && _stalled is null && now - _progressAt >= _patience)
        {
            _stalled = $"nothing could be sent for {_patience.TotalSeconds:0} s";
            attempt.Stop(drain: false, TimeSpan.Zero);
        }
    }

    private void OnEnded(AttemptEnd end)
    {
        _attempt = null;
        if (_stopping)
        {
            Enter(EgressState.Waiting);
            return;
        }

        var error = end.Error is { } fault ? Masked(fault.Message) : _stalled;
        _lastError = error ?? _lastError;
        // Then there is no output just now, or no more; the stream will say so. It is no fault of the target.
        var isInput = end.Clean || end.Cause == "input";
        if (isInput && _flows && _isOlder)
        {
            Launch();
            return;
        }

        if (_flows) _retry.Start(_policy.Next(isFailure: true).Pause);
        if (!isInput)
        {
            _restarts++;
            _context.Metrics.EgressRestarted(_streamId, _number);
        }

        if (error is not null)
        {
            _context.Logger.LogWarning("egress {Number} ({Target}): {Error}{Next}", _number, _shown, error,
                _retry.Due is { } due ? $"; next try at {due:HH:mm:ss} UTC" : "");
        }

        if (_flows && !isInput) Enter(EgressState.Retrying);
        else Wait();
    }

    private void Enter(EgressState state)
    {
        var changed = _state != state;
        _state = state;
        _context.Metrics.EgressUp(_streamId, _number, state == EgressState.Sending);
        if (!changed) return;
        _run.Events.Publish(StreamEvent.Egress(_context.Time.GetUtcNow(), _number, state, state == EgressState.Retrying ? _lastError : null));
        _context.Logger.Log(state == EgressState.Sending ? LogLevel.Information : LogLevel.Debug,
            "egress {Number} ({Target}): {State}", _number, _shown, state.ToString().ToLowerInvariant());
    }

    private string Masked(string text) => _mask.Mask(_context.Mask(text));
}
