using System.Text.Json.Nodes;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>A field that the server sends, and everything that may be wrong with it.</summary>
/// <param name="Event">The event.</param>
/// <param name="Path">The field's name, after those of the objects it is in.</param>
/// <param name="Kind">text, word, number, flag, object, base64 or free (never read).</param>
/// <param name="Needed">Nothing can be done without it.</param>
public sealed record IncomingField(string Event, string Path, string Kind, bool Needed = false)
{
    public const string Id = "FRAGMENT";

    /// <summary>Every field of the contract.</summary>
    public static IncomingField[] All { get; } =
    [
        .. Of("stream:ready", "stream_id:text session_id:text max_inflight:number capabilities:object capabilities.batch_processing:flag capabilities.async_delivery:flag"),
        .. Of("fragment:ack", "fragment_id:text! status:text queue_position:number estimated_completion_ms:number timestamp:number"),
        .. Of("fragment:processed", """
            fragment_id:text! stream_id:text sequence_number:number status:word! dubbed_audio:object! dubbed_audio.format:text
            dubbed_audio.sample_rate_hz:number dubbed_audio.channels:number dubbed_audio.duration_ms:number dubbed_audio.data_base64:base64!
            transcript:text translated_text:text processing_time_ms:number stage_timings:object stage_timings.asr_ms:number
            stage_timings.translation_ms:number stage_timings.tts_ms:number error:object error.code:text error.message:text error.stage:text
            error.retryable:flag metadata:free
            """),
        .. Of("backpressure", "stream_id:text severity:text current_inflight:number queue_depth:number action:word! recommended_delay_ms:number"),
        .. Of("error", "code:text message:text severity:text retryable:flag stream_id:text fragment_id:text error_id:text metadata:free"),
        .. Of("stream:complete", """
            stream_id:free total_fragments:number total_duration_ms:number statistics:object statistics.success_count:number
            statistics.partial_count:number statistics.failed_count:number statistics.avg_processing_time_ms:number
            statistics.p95_processing_time_ms:number
            """),
    ];

    /// <summary>A good message; <see cref="Id"/> stands for the fragment's id.</summary>
    public static string Good(string name) => name switch
    {
        "stream:ready" => """{"stream_id":"demo","session_id":"s","max_inflight":3,"capabilities":{"batch_processing":false,"async_delivery":true}}""",
        "fragment:ack" => $$"""{"fragment_id":"{{Id}}","status":"queued","queue_position":0,"estimated_completion_ms":500,"timestamp":1767225600000}""",
        "fragment:processed" => $$$"""
            {"fragment_id":"{{{Id}}}","stream_id":"demo","sequence_number":0,"status":"success",
            "dubbed_audio":{"format":"m4a","sample_rate_hz":44100,"channels":1,"duration_ms":6000,"data_base64":"AQIDBA=="},
            "transcript":"one","translated_text":"uno","processing_time_ms":12,"stage_timings":{"asr_ms":4,"translation_ms":4,"tts_ms":4},
            "error":{"code":"NONE","message":"none","stage":"asr","retryable":false},"metadata":{"asr_model":"whisper"}}
            """,
        "backpressure" => """{"stream_id":"demo","severity":"low","current_inflight":1,"queue_depth":1,"action":"none","recommended_delay_ms":0}""",
        "error" => """{"code":"NEW_CODE","message":"text","severity":"warning","retryable":false,"stream_id":"demo","error_id":"e","metadata":{}}""",
        _ => """
            {"stream_id":"demo","total_fragments":1,"total_duration_ms":6000,"statistics":{"success_count":1,"partial_count":0,"failed_count":0,
            "avg_processing_time_ms":12,"p95_processing_time_ms":12}}
            """,
    };

    /// <summary>What may stand in the field's place (null: nothing, the field is missing), and how many faults that is.</summary>
    public IEnumerable<(string? Json, int Faults)> Variations()
    {
        int missed = Needed ? 1 : 0;
        yield return (null, missed);
        yield return ("null", missed);
        foreach (string json in Wrong())
            yield return (json, Kind == "free" ? 0 : 1);
        foreach (string json in Kind == "number" ? ["\"7\"", "7.4", "7e0"] : Kind == "flag" ? ["\"True\"", "1"] : Array.Empty<string>())
            yield return (json, 0);
    }

    /// <summary>The good message with this in the field's place.</summary>
    public string With(string? json)
    {
        JsonNode root = JsonNode.Parse(Good(Event))!;
        string[] names = Path.Split('.');
        JsonNode parent = names.SkipLast(1).Aggregate(root, (node, name) => node[name]!);
        parent.AsObject().Remove(names[^1]);
        string rest = root.ToJsonString();
        if (json is null)
            return rest;
        // Into the text, since not all of it is JSON that a JsonNode could hold.
        parent.AsObject()[names[^1]] = "PLACE";
        return root.ToJsonString().Replace("\"PLACE\"", json, StringComparison.Ordinal);
    }

    public override string ToString() => $"{Event} {Path}";

    private static IEnumerable<IncomingField> Of(string name, string fields)
    {
        foreach (string field in fields.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = field.TrimEnd('!').Split(':');
            yield return new IncomingField(name, parts[0], parts[1], field.EndsWith('!'));
        }
    }

    private IEnumerable<string> Wrong()
    {
        string deep = new string('[', 500) + new string(']', 500);
        string nested = string.Concat(Enumerable.Repeat("{\"a\":", 300)) + "1" + new string('}', 300);
        string text = $"\"{new string('x', 100_000)}\"";
        string[] all = ["[]", "[[{}]]", deep, text];
        string[] own = Kind switch
        {
            "text" => ["42", "true", "{}", nested, "\"\\ud800\"", "1e308"],
            "word" => ["42", "true", "{}", nested, "\"\\ud800\"", "\"\"", "\"SUCCESS\""],
            "number" =>
            [
                "true", "{}", nested, "\"\"", "\"seven\"", "\"NaN\"", "1e308", "-1e308", "1e400", "-1", "123456789012345678901234567890",
                new string('9', 100_000),
            ],
            "flag" => ["2", "-1", "{}", nested, "\"maybe\"", "\"\"", "1e308"],
            "object" => ["42", "true", "\"\"", "1e308"],
            "base64" => ["42", "true", "{}", nested, "\"\"", "\"A\"", "\"AQIDBA=\"", "\"AQIDB\"", "\"!!!!\"", "\"AQ==AQ==\"", Huge()],
            _ => ["42", "true", "{}", nested, "\"\\ud800\"", "1e308", "-1e400"],
        };
        // 100 000 letters are no harm to free text, but they are base64 of rubbish.
        return own.Concat(Kind == "base64" ? all.SkipLast(1) : all);
    }

    private static string Huge() => $"\"{new string('A', 14_000_000)}\"";
}
