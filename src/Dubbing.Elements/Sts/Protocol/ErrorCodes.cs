namespace Dubbing.Elements.Sts.Protocol;

/// <summary>What an error code means for us.</summary>
internal static class ErrorCodes
{
    public const string StreamNotFound = "STREAM_NOT_FOUND";
    public const string InvalidConfig = "INVALID_CONFIG";
    public const string AuthFailed = "AUTH_FAILED";
    public const string InvalidSequence = "INVALID_SEQUENCE";
    public const string StreamPaused = "STREAM_PAUSED";

    private static readonly HashSet<string> Transient = new(StringComparer.Ordinal)
    {
        "TIMEOUT", "MODEL_ERROR", "GPU_OOM", "QUEUE_FULL", "RATE_LIMIT", "RATE_LIMIT_EXCEEDED",
        "TRANSLATION_API_UNAVAILABLE", "BACKPRESSURE_EXCEEDED",
    };

    private static readonly HashSet<string> Permanent = new(StringComparer.Ordinal)
    {
        StreamNotFound, StreamPaused, InvalidConfig, "INVALID_VOICE_PROFILE", "UNSUPPORTED_LANGUAGE",
        "FRAGMENT_TOO_LARGE", InvalidSequence, "MALFORMED_DATA", AuthFailed,
    };

    /// <summary>The failure may pass: it counts towards the circuit breaker. A known code says it itself, else the flag does.</summary>
    public static bool IsTransient(string? code, bool? retryable) =>
        code is not null && Transient.Contains(code)
        || (code is null || !Permanent.Contains(code)) && retryable == true;
}
