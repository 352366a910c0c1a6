namespace Dubbing.Pipeline;

/// <summary>Launches pipelines in this process. Thread-safe.</summary>
/// <param name="time">Stamps events and measures limits; null: the system's.</param>
/// <param name="limits">How long native steps may take; null: <see cref="PipelineLimits.Default"/>.</param>
public sealed class PipelineLauncher(TimeProvider? time = null, PipelineLimits? limits = null) : IPipelineLauncher
{
    /// <inheritdoc />
    public IRunningPipeline Launch(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        Gst.Application.Init();
        var pipeline = new RunningPipeline(
            LaunchParser.Parse(file, values), SecretMask.For(values), time ?? TimeProvider.System, limits ?? PipelineLimits.Default);
        pipeline.Start(file.Name);
        return pipeline;
    }
}
