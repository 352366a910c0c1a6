using System.Text.Json;

namespace Dubbing.Elements.Sts.Protocol;

/// <summary>Reads what the server sends. Faults are collected beside the message, one a field; nothing throws.</summary>
internal static class ServerMessageReader
{
    /// <summary>The most that the decoded audio of a result may have.</summary>
    public const int MaxAudioBytes = 10 * 1024 * 1024;

    private const int MaxIdBytes = 200;
    private const int MaxNameBytes = 200;
    private const int MaxTextBytes = 64 * 1024;
    private const long MaxCount = int.MaxValue;
    private const long MaxMs = 1L << 40;

    /// <summary>The message; null if the event is unknown, which is no fault, or unreadable, which is one.</summary>
    public static ServerMessage? Read(string name, JsonElement payload, List<string> faults)
    {
        if (!IsKnown(name))
            return null;
        if (payload.ValueKind != JsonValueKind.Object)
        {
            faults.Add("the payload is no object");
            return null;
        }

        var fields = new FieldReader(payload, "", faults);
        return name switch
        {
            EventNames.StreamReady => ReadReady(fields),
            EventNames.FragmentAck => ReadAck(fields),
            EventNames.FragmentProcessed => ReadProcessed(fields, faults),
            EventNames.Backpressure => ReadBackpressure(fields),
            EventNames.Error => ReadError(fields),
            _ => ReadComplete(fields),
        };
    }

    private static bool IsKnown(string name) => name is EventNames.StreamReady or EventNames.FragmentAck
        or EventNames.FragmentProcessed or EventNames.Backpressure or EventNames.Error or EventNames.StreamComplete;

    private static StreamReadyMessage ReadReady(FieldReader fields)
    {
        FieldReader? capabilities = fields.Object("capabilities");
        return new StreamReadyMessage(
            OptionalId(fields, "stream_id"),
            fields.Text("session_id", MaxIdBytes),
            fields.Whole("max_inflight", 1, MaxCount),
            capabilities?.Flag("batch_processing"),
            capabilities?.Flag("async_delivery"));
    }

    private static FragmentAckMessage ReadAck(FieldReader fields) => new(
        fields.Text("fragment_id", MaxIdBytes, required: true),
        fields.Text("status", MaxNameBytes),
        fields.Whole("queue_position", 0, MaxCount),
        fields.Whole("estimated_completion_ms", 0, MaxMs),
        fields.Whole("timestamp", 0, long.MaxValue));

    private static FragmentProcessedMessage ReadProcessed(FieldReader fields, List<string> faults)
    {
        string? fragmentId = fields.Text("fragment_id", MaxIdBytes, required: true);
        string? status = fields.Word("status", ResultStatus.Success, ResultStatus.Partial, ResultStatus.Failed);
        int before = faults.Count;
        DubbedAudio? audio = status is null or ResultStatus.Failed ? null : ReadAudio(fields, required: status == ResultStatus.Success);
        bool audioFaulty = audio is null && faults.Count > before;
        return new FragmentProcessedMessage(
            fragmentId,
            fields.Text("stream_id", MaxIdBytes),
            fields.Whole("sequence_number", 0, MaxCount),
            status,
            audio,
            audioFaulty,
            fields.Text("transcript", MaxTextBytes),
            fields.Text("translated_text", MaxTextBytes),
            fields.Whole("processing_time_ms", 0, MaxMs),
            ReadTimings(fields),
            ReadProcessingError(fields));
    }

    private static DubbedAudio? ReadAudio(FieldReader fields, bool required)
    {
        if (fields.Object("dubbed_audio", required) is not { } audio)
            return null;
        string? format = audio.Text("format", MaxNameBytes);
        long? rate = audio.Whole("sample_rate_hz", 0, 1_000_000);
        long? channels = audio.Whole("channels", 0, 64);
        long? durationMs = audio.Whole("duration_ms", 0, MaxMs);
        if (audio.Base64("data_base64", MaxAudioBytes) is not { } data)
            return null;
        return new DubbedAudio
        {
            Format = format ?? "",
            SampleRate = (int)(rate ?? 0),
            Channels = (int)(channels ?? 0),
            DurationMs = durationMs ?? 0,
            Data = data,
        };
    }

    private static StageTimings? ReadTimings(FieldReader fields) => fields.Object("stage_timings") is not { } timings
        ? null
        : new StageTimings(timings.Whole("asr_ms", 0, MaxMs), timings.Whole("translation_ms", 0, MaxMs), timings.Whole("tts_ms", 0, MaxMs));

    private static ProcessingError? ReadProcessingError(FieldReader fields) => fields.Object("error") is not { } error
        ? null
        : new ProcessingError(
            error.Text("code", MaxNameBytes), error.Text("message", MaxTextBytes), error.Text("stage", MaxNameBytes), error.Flag("retryable"));

    private static BackpressureMessage ReadBackpressure(FieldReader fields) => new(
        fields.Text("stream_id", MaxIdBytes),
        fields.Text("severity", MaxNameBytes),
        fields.Whole("current_inflight", 0, MaxCount),
        fields.Whole("queue_depth", 0, MaxCount),
        fields.Word("action", BackpressureAction.SlowDown, BackpressureAction.Pause, BackpressureAction.None),
        fields.Whole("recommended_delay_ms", 0, MaxMs));

    private static ErrorMessage ReadError(FieldReader fields) => new(
        fields.Text("code", MaxNameBytes),
        fields.Text("message", MaxTextBytes),
        fields.Text("severity", MaxNameBytes),
        fields.Flag("retryable"),
        OptionalId(fields, "stream_id"),
        OptionalId(fields, "fragment_id"),
        OptionalId(fields, "error_id"));

    // Some write an empty text for what is not there.
    private static string? OptionalId(FieldReader fields, string name) => fields.Text(name, MaxIdBytes) is { Length: > 0 } id ? id : null;

    private static StreamCompleteMessage ReadComplete(FieldReader fields)
    {
        FieldReader? statistics = fields.Object("statistics");
        return new StreamCompleteMessage(
            fields.Whole("total_fragments", 0, MaxCount),
            fields.Whole("total_duration_ms", 0, MaxMs),
            statistics?.Whole("success_count", 0, MaxCount),
            statistics?.Whole("partial_count", 0, MaxCount),
            statistics?.Whole("failed_count", 0, MaxCount),
            statistics?.Whole("avg_processing_time_ms", 0, MaxMs),
            statistics?.Whole("p95_processing_time_ms", 0, MaxMs));
    }
}
