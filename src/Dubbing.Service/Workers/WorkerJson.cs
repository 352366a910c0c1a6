using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Dubbing.Pipeline;

namespace Dubbing.Service.Workers;

/// <summary>How <see cref="WorkerMessage"/>s are written. Source-generated: a worker is to start fast.</summary>
[JsonSerializable(typeof(WorkerMessage))]
[JsonSerializable(typeof(PipelineStateChanged))]
[JsonSerializable(typeof(PipelineError))]
[JsonSerializable(typeof(PipelineWarning))]
[JsonSerializable(typeof(PipelineEndOfStream))]
[JsonSerializable(typeof(PipelineLatencyChanged))]
[JsonSerializable(typeof(PipelineElementMessage))]
internal sealed partial class WorkerJson : JsonSerializerContext
{
    private static readonly JsonDerivedType[] _events =
    [
        new(typeof(PipelineStateChanged), "state"),
        new(typeof(PipelineError), "error"),
        new(typeof(PipelineWarning), "warning"),
        new(typeof(PipelineEndOfStream), "eos"),
        new(typeof(PipelineLatencyChanged), "latency"),
        new(typeof(PipelineElementMessage), "element"),
    ];

    /// <summary>Reads and writes any message.</summary>
    public static JsonTypeInfo<WorkerMessage> Message { get; } = (JsonTypeInfo<WorkerMessage>)new JsonSerializerOptions
    {
        TypeInfoResolver = new WorkerJson().WithAddedModifier(KnowEvents),
        Converters = { new PlainValueConverter() },
    }.GetTypeInfo(typeof(WorkerMessage));

    // Where events are defined nothing is known of JSON.
    private static void KnowEvents(JsonTypeInfo info)
    {
        if (info.Type != typeof(PipelineEvent)) return;
        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "event" };
        foreach (var type in _events) info.PolymorphismOptions.DerivedTypes.Add(type);
    }
}
