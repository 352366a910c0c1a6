namespace Dubbing.Elements.Sts;

/// <summary>State of the circuit breaker.</summary>
public enum BreakerState
{
    /// <summary>Fragments are sent.</summary>
    Closed,

    /// <summary>One fragment is let through to see whether the server works again.</summary>
    HalfOpen,

    /// <summary>Fragments fall back at once without being sent.</summary>
    Open,
}
