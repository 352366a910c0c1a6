using System.Threading.Channels;

namespace Dubbing.Pipeline;

/// <summary>One pipeline, from its launch to its end. A pipeline runs once: a restart is a new one.</summary>
/// <remarks>All members are safe to call from any thread.</remarks>
public interface IRunningPipeline : IAsyncDisposable
{
    /// <summary>What the pipeline's bus reported, in order. Completes after the last <see cref="PipelineStateChanged"/>
    /// (to <see cref="PipelineState.Stopped"/> or <see cref="PipelineState.Failed"/>).</summary>
    ChannelReader<PipelineEvent> Events { get; }

    /// <summary>Where the pipeline is in its life. It only moves forward.</summary>
    PipelineState State { get; }

    /// <summary>The pipeline's minimum live latency, from the LATENCY query: what a viewer waits. Null before it is known.</summary>
    TimeSpan? Latency { get; }

    /// <summary>A thread of it hangs in native code, and it was left as it is: what it holds is not freed while this process lives.
    /// Known when <see cref="StopAsync"/> has completed.</summary>
    bool IsAbandoned { get; }

    /// <summary>Ends the pipeline: with <paramref name="drain"/> an EOS goes in and everything inside is played out, else it
    /// is torn down at once. Never throws for a pipeline that has ended already.</summary>
    /// <param name="drain">Play out what is inside first.</param>
    /// <param name="timeout">How long the play-out may take; then the pipeline is torn down and an error event says so.</param>
    Task StopAsync(bool drain, TimeSpan timeout);

    /// <summary>The pipeline graph in Graphviz dot, with every placeholder value marked secret masked; empty where it can't be had within seconds.</summary>
    Task<string> GraphAsync();

    /// <summary>Reads the read-only <c>stats</c> structure of the element of that name, as plain values; empty if there is none.</summary>
    IReadOnlyDictionary<string, object> Stats(string elementName);
}
