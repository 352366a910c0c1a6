using System.Threading.Channels;
using Dubbing.Pipeline;

namespace Dubbing.Service.Workers;

/// <summary>A pipeline that runs in a worker process. One thread hands in what the worker says; the rest is thread-safe.</summary>
/// <param name="worker">Its process.</param>
/// <param name="time">The clock.</param>
internal sealed class WorkerPipeline(WorkerProcess worker, TimeProvider time) : IRunningPipeline
{
    /// <summary>What stands for the element's factory in the error of a worker that is gone.</summary>
    public const string Factory = "worker";

    // Beyond the drain: what the worker itself may take to tear it down, and to say so.
    private static readonly TimeSpan _tearDown = PipelineLimits.Default.TearDown + TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _answer = TimeSpan.FromSeconds(2);
    private readonly Channel<PipelineEvent> _events = Channel.CreateUnbounded<PipelineEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource<string?> _launched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _asking = new(1);
    private volatile TaskCompletionSource<string>? _asked;
    private volatile Dictionary<string, IReadOnlyDictionary<string, object>> _stats = [];
    private volatile string _lastGraph = "";
    private volatile int _state = (int)PipelineState.Created;
    private long _latency = -1;

    /// <inheritdoc />
    public ChannelReader<PipelineEvent> Events => _events.Reader;

    /// <inheritdoc />
    public PipelineState State => (PipelineState)_state;

    /// <inheritdoc />
    public bool IsAbandoned => false;

    /// <inheritdoc />
    public TimeSpan? Latency => Interlocked.Read(ref _latency) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Null when it was launched, or why it was not.</summary>
    public Task<string?> LaunchedAsync => _launched.Task;

    /// <inheritdoc />
    public async Task StopAsync(bool drain, TimeSpan timeout)
    {
        if (_ended.Task.IsCompleted) return;
        worker.Send(new WorkerMessage.Stop(drain, timeout));
        try
        {
            await _ended.Task.WaitAsync((drain ? timeout : TimeSpan.Zero) + _tearDown, time);
        }
        catch (TimeoutException)
        {
            worker.Kill("was killed: its pipeline did not end in time");
            await _ended.Task;
        }
    }

    /// <inheritdoc />
    public async Task<string> GraphAsync()
    {
        // No thread waits: hooks need the same pool, and a worker that hangs does not answer.
        if (!await _asking.WaitAsync(_answer)) return _lastGraph;
        try
        {
            var asked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked = asked;
            if (!_ended.Task.IsCompleted) worker.Send(new WorkerMessage.AskGraph());
            // It ends in between: then its last graph is the answer.
            await Task.WhenAny(asked.Task, _ended.Task, Task.Delay(_answer, time));
            return asked.Task.IsCompleted ? await asked.Task : _lastGraph;
        }
        finally
        {
            _asked = null;
            _asking.Release();
        }
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, object> Stats(string elementName) =>
        _stats.TryGetValue(elementName, out var stats) ? stats : new Dictionary<string, object>();

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync(false, TimeSpan.Zero);

    /// <summary>Something that the worker says.</summary>
    public void Take(WorkerMessage message)
    {
        switch (message)
        {
            case WorkerMessage.Launched:
                _launched.TrySetResult(null);
                break;
            case WorkerMessage.Refused refused:
                End();
                _launched.TrySetResult(refused.Reason);
                break;
            case WorkerMessage.Happened happened:
                Take(happened.Event);
                break;
            case WorkerMessage.Beat beat:
                _stats = beat.Stats;
                break;
            case WorkerMessage.Graph graph:
                _asked?.TrySetResult(graph.Dot);
                break;
            case WorkerMessage.Ended ended:
                _lastGraph = ended.Dot;
                if (ended.Abandoned) worker.Kill("was killed: a pipeline could not be torn down in it");
                End();
                break;
        }
    }

    /// <summary>The worker is gone.</summary>
    /// <param name="how">How it ended, e.g. <c>was killed by signal 11 (SIGSEGV)</c>.</param>
    public void Lose(string how)
    {
        if (_ended.Task.IsCompleted) return;
        var message = $"the stream's worker process {how}";
        if (!_launched.TrySetResult(message))
        {
            Take(new PipelineError(time.GetUtcNow(), "", Factory, message, null));
            Take(new PipelineStateChanged(time.GetUtcNow(), PipelineState.Failed));
        }

        End();
    }

    private void Take(PipelineEvent e)
    {
        if (e is PipelineStateChanged { State: var state }) _state = (int)state;
        if (e is PipelineLatencyChanged { Latency: var latency }) Interlocked.Exchange(ref _latency, latency.Ticks);
        _events.Writer.TryWrite(e);
    }

    private void End()
    {
        _events.Writer.TryComplete();
        _ended.TrySetResult();
    }
}
