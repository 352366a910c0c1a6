using System.Text.Json;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Hooks;

/// <summary>Reads hook events. Nothing but the shape is judged: source types are anyone's to invent.</summary>
internal static class HookParser
{
    private const int LongestText = 4096;

    /// <summary>Reads a request body.</summary>
    /// <returns>The event, or what is wrong with the first field that is.</returns>
    public static (HookEvent? Event, HookFault? Fault) Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Parse(json.RootElement)
                : (null, new HookFault("body", "it must be a JSON object"));
        }
        catch (JsonException)
        {
            return (null, new HookFault("body", "it is not valid JSON"));
        }
    }

    private static (HookEvent? Event, HookFault? Fault) Parse(JsonElement body)
    {
        var texts = new Dictionary<string, string>();
        foreach (var field in new[] { "path", "query", "sourceType", "sourceId" })
        {
            if (Fault(body, field, isRequired: field != "query", out var text) is { } fault) return (null, fault);
            texts[field] = text;
        }

        return StreamPath.Parse(texts["path"]) is { } path
            ? (new HookEvent(path.StreamId, path.IsInput, texts["query"], texts["sourceType"], texts["sourceId"]), null)
            : (null, new HookFault("path", $"it must be {StreamPath.Form}"));
    }

    // A source that MediaMTX pulls by itself (rtspSource, hlsSource, …) has no id: an empty one is one.
    private static HookFault? Fault(JsonElement body, string field, bool isRequired, out string text)
    {
        text = "";
        if (!body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            return isRequired ? new HookFault(field, "it is missing") : null;
        if (value.ValueKind != JsonValueKind.String) return new HookFault(field, "it must be a string");
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // However broken or long the query is, the stream goes on the air.
            return isRequired ? new HookFault(field, "it is not valid Unicode") : null;
        }

        return isRequired && text.Length > LongestText ? new HookFault(field, $"it is longer than {LongestText} characters") : null;
    }
}
