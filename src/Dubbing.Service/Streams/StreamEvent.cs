using Dubbing.Pipeline;
using Dubbing.Service.Egress;

namespace Dubbing.Service.Streams;

/// <summary>Something that happened in a stream, as <c>GET /v1/streams/{id}/events</c> tells it.</summary>
/// <param name="Type">What kind: <c>state</c>, <c>pipeline</c>, <c>error</c>, <c>warning</c>, <c>latency</c>, <c>eos</c>, <c>egress</c>, or the name of an
/// element's bus message.</param>
/// <param name="Fields">What it says; secrets masked.</param>
internal sealed record StreamEvent(string Type, IReadOnlyDictionary<string, object?> Fields)
{
    // What people say is for captions, and where files lie is the service's affair.
    private static readonly string[] _untold = ["transcript", "translated-text", "location", "session"];

    // What names of our elements' messages begin with.
    private static readonly string[] _ours = ["sts-", "avgate-", "input-"];

    /// <summary>The stream entered a state.</summary>
    public static StreamEvent State(DateTimeOffset at, StreamState state, string? reason, string why) =>
        Of("state", at, ("state", state.ToString().ToLowerInvariant()), ("reason", reason), ("why", why));

    /// <summary>The way to an egress target has changed.</summary>
    public static StreamEvent Egress(DateTimeOffset at, int target, EgressState state, string? error) =>
        Of("egress", at, ("target", target), ("state", state.ToString().ToLowerInvariant()), ("error", error));

    /// <summary>The event for what a pipeline reported; null if it is not told.</summary>
    public static StreamEvent? From(PipelineEvent e, SecretMask mask) => e switch
    {
        PipelineStateChanged { State: var state } => Of("pipeline", e.At, ("state", state.ToString().ToLowerInvariant())),
        PipelineError error => Of("error", e.At, ("element", error.Factory), ("message", mask.Mask(error.Message))),
        PipelineWarning warning => Of("warning", e.At, ("element", warning.Factory), ("message", mask.Mask(warning.Message))),
        PipelineLatencyChanged { Latency: var latency } => Of("latency", e.At, ("seconds", latency.TotalSeconds)),
        PipelineEndOfStream => Of("eos", e.At),
        PipelineElementMessage message when IsOurs(message.Name) => Of(message.Name, e.At,
            [.. message.Fields.Where(field => !_untold.Contains(field.Key) && field.Value is not ulong.MaxValue)
                .Select(field => (field.Key.Replace('-', '_'), (object?)(field.Value is string text ? mask.Mask(text) : field.Value)))]),
        _ => null,
    };

    private static bool IsOurs(string name) => _ours.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static StreamEvent Of(string type, DateTimeOffset at, params (string Name, object? Value)[] fields) =>
        new(type, new Dictionary<string, object?>(fields.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value))) { ["at"] = at });
}
