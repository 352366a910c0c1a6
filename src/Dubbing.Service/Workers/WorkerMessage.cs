using System.Text.Json.Serialization;
using Dubbing.Pipeline;

namespace Dubbing.Service.Workers;

/// <summary>What the service and a worker process say to each other. A worker has at most one pipeline at a time, and the messages of
/// each side arrive in order: so no message names a pipeline.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "message")]
[JsonDerivedType(typeof(Launch), "launch")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(AskGraph), "ask-graph")]
[JsonDerivedType(typeof(Leave), "leave")]
[JsonDerivedType(typeof(Launched), "launched")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Happened), "happened")]
[JsonDerivedType(typeof(Beat), "beat")]
[JsonDerivedType(typeof(Graph), "graph")]
[JsonDerivedType(typeof(Ended), "ended")]
internal abstract record WorkerMessage
{
    /// <summary>To the worker: launch this pipeline.</summary>
    /// <param name="File">The pipeline file's name.</param>
    /// <param name="Text">Its text.</param>
    /// <param name="Values">What stands in its placeholders.</param>
    public sealed record Launch(string File, string Text, Dictionary<string, PlaceholderValue> Values) : WorkerMessage;

    /// <summary>To the worker: end the pipeline, as <see cref="IRunningPipeline.StopAsync"/> says. Nothing where there is none any more.</summary>
    public sealed record Stop(bool Drain, TimeSpan Timeout) : WorkerMessage;

    /// <summary>To the worker: answer with the pipeline's <see cref="Graph"/>.</summary>
    public sealed record AskGraph : WorkerMessage;

    /// <summary>To the worker: end what is left of STS sessions, then exit with code 0.</summary>
    public sealed record Leave : WorkerMessage;

    /// <summary>From the worker: the pipeline is on its way to PLAYING.</summary>
    public sealed record Launched : WorkerMessage;

    /// <summary>From the worker: the pipeline can't be launched, and why.</summary>
    public sealed record Refused(string Reason) : WorkerMessage;

    /// <summary>From the worker: what the pipeline's bus reported.</summary>
    public sealed record Happened(PipelineEvent Event) : WorkerMessage;

    /// <summary>From the worker, once a second: it lives, and this is what the pipeline's elements count.</summary>
    /// <param name="Stats">The statistics by element name, as <see cref="IRunningPipeline.Stats"/> has them; of no element without a pipeline.</param>
    public sealed record Beat(Dictionary<string, IReadOnlyDictionary<string, object>> Stats) : WorkerMessage;

    /// <summary>From the worker: the graph, secrets masked.</summary>
    public sealed record Graph(string Dot) : WorkerMessage;

    /// <summary>From the worker: the pipeline is gone; all that it reported came before.</summary>
    /// <param name="Dot">The graph as it was at the end.</param>
    /// <param name="Abandoned">A thread still hangs in it: nothing more is to be launched in this process.</param>
    public sealed record Ended(string Dot, bool Abandoned) : WorkerMessage;
}
