using Dubbing.Pipeline;

namespace Dubbing.Service.Streams;

/// <summary>Pipelines in the service's own process: less memory, but a crash in native code takes every stream with it.</summary>
/// <param name="launcher">Launches them.</param>
/// <param name="end">Ends what outlives a pipeline, when no more will come.</param>
internal sealed class InProcessHost(IPipelineLauncher launcher, Func<Task> end) : IPipelineHost
{
    /// <inheritdoc />
    public int? ProcessId => null;

    /// <inheritdoc />
    public bool HasEnded => false;

    /// <inheritdoc />
    public Task<IRunningPipeline> LaunchAsync(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values) =>
        Task.FromResult(launcher.Launch(file, values));

    /// <inheritdoc />
    public ValueTask DisposeAsync() => new(end());
}
