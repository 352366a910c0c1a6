using System.Text.Json.Serialization;

namespace Dubbing.Elements.Sts.Protocol;

/// <summary>Strict writing of what we send, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(StreamInit))]
[JsonSerializable(typeof(FragmentData))]
[JsonSerializable(typeof(FragmentAck))]
[JsonSerializable(typeof(StreamNotice))]
internal sealed partial class StsJson : JsonSerializerContext;
