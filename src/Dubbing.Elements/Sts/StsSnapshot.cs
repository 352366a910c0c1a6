namespace Dubbing.Elements.Sts;

/// <summary>The exchange at one moment. Counts run from the session's start; every value belongs to the same moment.</summary>
public sealed record StsSnapshot
{
    /// <summary>State of the exchange.</summary>
    public StsState State { get; init; }

    /// <summary>There is a connection to the server.</summary>
    public bool Connected { get; init; }

    /// <summary>Fragments handed in.</summary>
    public long Submitted { get; init; }

    /// <summary>Fragments sent, retries included.</summary>
    public long Sent { get; init; }

    /// <summary>Fragments sent once more after a failure.</summary>
    public long Retried { get; init; }

    /// <summary>Results received: success, partial and failed, late ones included.</summary>
    public long Processed { get; init; }

    /// <summary>Fragments decided as dubbed.</summary>
    public long Dubbed { get; init; }

    /// <summary>Fragments decided as fallback.</summary>
    public long Fallback { get; init; }

    /// <summary>Results that came too late to be used.</summary>
    public long Late { get; init; }

    /// <summary>Unusable data received.</summary>
    public long Faults { get; init; }

    /// <summary>Fragments not decided yet.</summary>
    public int Undecided { get; init; }

    /// <summary>Fragments that wait to be sent.</summary>
    public int Waiting { get; init; }

    /// <summary>Fragments that the server counts as its work.</summary>
    public int Inflight { get; init; }

    /// <summary>The most that may be in flight.</summary>
    public int MaxInflight { get; init; }

    /// <summary>Round trip of the last result.</summary>
    public TimeSpan Rtt { get; init; }

    /// <summary>How long before its deadline the last result came; negative when late.</summary>
    public TimeSpan Slack { get; init; }

    /// <summary>State of the circuit breaker.</summary>
    public BreakerState Breaker { get; init; }

    /// <summary>Failures that the breaker counted.</summary>
    public ulong BreakerFailures { get; init; }

    /// <summary>How often the exchange was ready again after it had been lost.</summary>
    public ulong Reconnects { get; init; }
}
