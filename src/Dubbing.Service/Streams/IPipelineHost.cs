using Dubbing.Pipeline;

namespace Dubbing.Service.Streams;

/// <summary>Where the pipelines of one run live, one after another. Used by one stream. Disposing frees what there is without a pipeline; a launch
/// after it, or while it goes on, makes it anew.</summary>
internal interface IPipelineHost : IAsyncDisposable
{
    /// <summary>The process that they live in, if it is one of their own; null: this one, or none yet. Any thread.</summary>
    int? ProcessId { get; }

    /// <summary>What they live in has ended, and all that they left in it: the next one's begins anew. Any thread.</summary>
    bool HasEnded { get; }

    /// <summary>Launches a pipeline. The one before it must have ended.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="values">A value for each placeholder.</param>
    /// <returns>The pipeline, on its way to PLAYING; what goes wrong from here on is an event.</returns>
    /// <exception cref="LaunchException">It can't be launched; the message says why.</exception>
    Task<IRunningPipeline> LaunchAsync(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values);
}
