using Dubbing.Pipeline;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Workers;

/// <summary>A worker process for one run: what crashes or hangs there does not reach the other streams. It stays from pipeline to
/// pipeline, as the STS session does that lives in it; one that died is followed by another.</summary>
/// <param name="start">Starts a worker.</param>
internal sealed class WorkerHost(Func<Task<WorkerProcess>> start) : IPipelineHost
{
    private volatile WorkerProcess? _worker;

    /// <inheritdoc />
    public int? ProcessId => _worker?.Id;

    /// <inheritdoc />
    public bool HasEnded => _worker is { HasEnded: true };

    /// <inheritdoc />
    public async Task<IRunningPipeline> LaunchAsync(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        if (_worker is not { HasEnded: false } worker)
        {
            await DisposeAsync();
            _worker = worker = await start();
        }

        return await worker.LaunchAsync(file, values);
    }

    /// <summary>Lets the worker end its STS sessions and exit.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_worker is not { } worker) return;
        _worker = null;
        await worker.DisposeAsync();
    }
}
