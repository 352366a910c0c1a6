namespace Dubbing.Elements.Sts;

/// <summary>Why a fragment falls back.</summary>
public enum FallbackReason
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Sent, and no result before the deadline.</summary>
    Timeout,

    /// <summary>The server reported a failure, or the fragment can't be sent at all.</summary>
    Failed,

    /// <summary>The circuit breaker was open.</summary>
    BreakerOpen,

    /// <summary>There was no connection, or it was lost before the result.</summary>
    Disconnected,

    /// <summary>The server's limit or its request for less left no time to send it.</summary>
    Backpressure,

    /// <summary>The result's audio is missing, broken or too large.</summary>
    InvalidAudio,

    /// <summary>The result was received after the deadline, before the fallback was decided.</summary>
    Late,

    /// <summary>Too short to be worth sending: <see cref="StsOptions.ShortestFragment"/>.</summary>
    Short,
}
