using Dubbing.Pipeline;

namespace Dubbing.Service.Streams;

/// <summary>Pipelines in the service's own process: less memory, but a crash in native code takes every stream with it.</summary>
/// <param name="launcher">Launches them.</param>
internal sealed class InProcessHost(IPipelineLauncher launcher) : IPipelineHost
{
    /// <inheritdoc />
    public int? ProcessId => null;

    /// <inheritdoc />
    public Task<IRunningPipeline> LaunchAsync(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values) =>
        Task.FromResult(launcher.Launch(file, values));

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
