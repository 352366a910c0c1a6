namespace Dubbing.Pipeline;

/// <summary>Starts pipelines from launch files.</summary>
public interface IPipelineLauncher
{
    /// <summary>Parses <paramref name="file"/> with <paramref name="values"/> in its placeholders and sets it to PLAYING.</summary>
    /// <param name="file">The launch file.</param>
    /// <param name="values">A value for each placeholder; a value is inserted as one token and can't change the structure.</param>
    /// <returns>The pipeline, on its way to PLAYING; what goes wrong from here on is an event.</returns>
    /// <exception cref="LaunchException">The file does not parse, a placeholder has no value, or an element is missing; names
    /// file, line and element.</exception>
    IRunningPipeline Launch(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values);
}
