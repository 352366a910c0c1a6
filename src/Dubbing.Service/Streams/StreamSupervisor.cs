using Dubbing.Pipeline;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>One stream: puts what hooks, timers, the media server's list and the pipeline say into one queue, from which its
/// <see cref="StreamLife"/> takes them one after another. Public members may be called from any thread; none waits for a pipeline.</summary>
internal sealed class StreamSupervisor
{
    /// <summary>How long an ended stream stays visible.</summary>
    public static readonly TimeSpan Afterlife = TimeSpan.FromMinutes(10);

    private readonly StreamContext _context;
    private readonly SerialLoop _loop;
    private readonly StreamLife _life;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closing;
    private volatile StreamStatus _status;

    /// <summary>Creates the stream, idle.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="context">What all streams share.</param>
    /// <param name="retire">Told when the stream has been idle for long and answers no more.</param>
    public StreamSupervisor(string id, StreamContext context, Action<StreamSupervisor> retire)
    {
        (Id, _context) = (id, context);
        // run_id is read when a line is written: the action may begin a run.
        _loop = new SerialLoop(new LogScope(("stream_id", () => id), ("run_id", () => _life?.Run?.Id ?? "")), AfterEach, context.Logger);
        _life = new StreamLife(id, context, _loop, () => retire(this));
        _status = _life.Snapshot();
    }

    /// <summary>Raised on the loop after each change; for tests.</summary>
    internal event Action<StreamStatus>? Changed;

    public string Id { get; }

    public StreamStatus Status => WithCountdown(_status);

    /// <summary>The last fragments of the present or last run.</summary>
    public IReadOnlyList<FragmentRecord> Fragments => _life.Run?.Fragments.Records ?? [];

    /// <summary>The present or last run: of it only what any thread may use. Null before the first.</summary>
    public StreamRun? Run => _life.Run;

    /// <summary>The pipeline while there is one.</summary>
    public IRunningPipeline? Pipeline => _life.Pipeline;

    /// <summary>The pipeline graph: of the pipeline that runs, or of the one that failed last; empty for none.</summary>
    public async Task<string> GraphAsync() => Pipeline is { } pipeline ? await pipeline.GraphAsync() : _life.FailureGraph ?? "";

    /// <summary>A publisher came. Null: this object has retired, ask for another.</summary>
    public Task<HookAnswer?> ReadyAsync(StreamSource source) => AskAsync(() => _life.OnReady(source));

    /// <summary>A publisher left. Null: this object has retired, so nothing runs.</summary>
    public Task<HookAnswer?> NotReadyAsync(string sourceId) => AskAsync(() => _life.OnNotReady(sourceId));

    /// <summary>Begins a run from an input that the API named, if none is on. Null: this object has retired, ask for another.</summary>
    public Task<HookAnswer?> StartAsync(StreamSource source) => AskAsync(() => _life.OnStart(source));

    /// <summary>Plays the run out and ends it. Null: this object has retired, so nothing runs.</summary>
    public Task<HookAnswer?> StopAsync() => AskAsync(_life.OnStop);

    /// <summary>Ends the pipeline and launches the next at once, within the same run. Null: this object has retired, so nothing runs.</summary>
    public Task<HookAnswer?> RestartAsync() => AskAsync(_life.OnRestart);

    /// <summary>The media server's list has the stream, or (null) has it not.</summary>
    /// <param name="server">The control API that was asked.</param>
    /// <param name="source">The publisher that the list names.</param>
    /// <param name="asOf">When the list was asked for (<see cref="Monotonic"/>).</param>
    /// <returns>What became of it; null: nothing had to be done.</returns>
    public Task<HookAnswer?> ListedAsync(Uri server, StreamSource? source, TimeSpan asOf) => AskAsync(() => _life.OnListed(server, source, asOf));

    /// <summary>The media server's list can't be had.</summary>
    public void ListUnknown() => _loop.Post(_life.OnListUnknown);

    /// <summary>Plays out what is inside, within the drain time, and takes no more publishers. Completes when all is gone.</summary>
    public Task ShutdownAsync()
    {
        _loop.Post(() =>
        {
            _closing = true;
            _life.OnShutdown();
        });
        return _ended.Task;
    }

    /// <summary>Takes in what the output element counts, once a second.</summary>
    /// <param name="bytes">Bytes that left; null: the pipeline has no such count.</param>
    public void OutputCounted(long? bytes)
    {
        // Once a second for each stream: not worth a place in the queue when nothing can come of it.
        if (_status is { State: StreamState.Starting or StreamState.Degraded } or { InputLostSince: not null }) _loop.Post(() => _life.OnOutputCounted(bytes));
    }

    private StreamStatus WithCountdown(StreamStatus status)
    {
        if (status is not { FillsFrom: { } from, DelaySeconds: { } delay }) return status;
        var left = delay - (_context.Time.GetUtcNow() - from).TotalSeconds;
        return status with { FirstOutputInSeconds = Math.Max(0, Math.Round(left, 3)) };
    }

    private Task<HookAnswer?> AskAsync(Func<HookAnswer?> ask) => _loop.AskAsync(() => _life.HasRetired ? null : ask());

    private void AfterEach()
    {
        _status = _life.Snapshot();
        Changed?.Invoke(_status);
        if (_life.HasRetired || (_closing && _status.State == StreamState.Idle)) _ended.TrySetResult();
        if (_life.HasRetired) _loop.Close();
    }
}
