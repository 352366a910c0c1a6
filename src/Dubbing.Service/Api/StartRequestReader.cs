using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Dubbing.Service.Configuration;
using Dubbing.Service.Hooks;
using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Api;

/// <summary>Reads and judges requests to start a stream.</summary>
internal static partial class StartRequestReader
{
    // An unknown field is a misspelt one: better an answer now than a stream in the wrong language.
    private static readonly JsonSerializerOptions _strict = new(ApiJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The stream and its source, or what is wrong with the first field that is.</summary>
    public static (string Id, StreamSource? Source, HookFault? Fault) Read(ReadOnlySpan<byte> body, DubbingOptions options)
    {
        StartRequest? request;
        try
        {
            request = JsonSerializer.Deserialize<StartRequest>(body, _strict);
        }
        catch (JsonException e)
        {
            return ("", null, FaultOf(e));
        }

        if (request is null) return ("", null, new HookFault("body", "it must be a JSON object"));
        return Fault(request, options) is { } fault ? ("", null, fault) : (request.StreamId!, SourceOf(request), null);
    }

    private static HookFault FaultOf(JsonException e) => e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
        ? new HookFault(path[2..], "it is not known, or of the wrong type")
        : new HookFault("body", "it is not a JSON object");

    private static HookFault? Fault(StartRequest request, DubbingOptions options)
    {
        if (request.StreamId is not { } id || !StreamId().IsMatch(id)) return new HookFault("stream_id", "give letters, digits, '-' and '_', at most 64");
        if (request.Input is not { } input) return new HookFault("input", "it is missing");
        if (AllowedAddresses.Problem(input, options.Api.Inputs) is { } wrongInput) return new HookFault("input", wrongInput);
        if (request.Output is { } output && AllowedAddresses.Problem(output, options.Api.Outputs) is { } wrongOutput) return new HookFault("output", wrongOutput);
        // Nobody but a stream itself publishes its output.
        if (request.Output is { } place && options.MediaServer.PathOf(place) is { } path && path.IsInput == (path.StreamId == id))
            return new HookFault("output", path.IsInput ? "it is the stream's own input on the media server" : "it is another stream's output on the media server");
        return Asked(request).Select(entry => entry.Setting.Problem(entry.Text, options.Pipelines.Files) is { } problem ? new HookFault(entry.Setting.Name, problem) : null)
            .FirstOrDefault(fault => fault is not null);
    }

    // Settings go the way of a publisher's: as a query.
    private static StreamSource SourceOf(StartRequest request) => new(
        StreamSource.OfApi, new Uri(request.Input!).Scheme,
        string.Join('&', Asked(request).Select(entry => $"{entry.Setting.Query}={Uri.EscapeDataString(entry.Text)}")))
    {
        Input = request.Input,
        Output = request.Output,
    };

    private static IEnumerable<(StreamSetting Setting, string Text)> Asked(StartRequest request)
    {
        var texts = new Dictionary<string, string?>
        {
            [StreamSetting.Pipeline] = request.Pipeline,
            [StreamSetting.SourceLanguage] = request.SourceLanguage,
            [StreamSetting.TargetLanguage] = request.TargetLanguage,
            [StreamSetting.Voice] = request.Voice,
            [StreamSetting.DomainHints] = request.DomainHints is { } hints ? string.Join(',', hints) : null,
            [StreamSetting.FragmentMs] = request.FragmentMs?.ToString(CultureInfo.InvariantCulture),
            [StreamSetting.TimeoutMs] = request.TimeoutMs?.ToString(CultureInfo.InvariantCulture),
            [StreamSetting.Fallback] = request.Fallback,
        };
        return StreamSetting.All.Where(setting => texts.GetValueOrDefault(setting.Name) is not null).Select(setting => (setting, texts[setting.Name]!));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex StreamId();
}
