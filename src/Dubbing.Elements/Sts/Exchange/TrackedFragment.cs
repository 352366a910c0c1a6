namespace Dubbing.Elements.Sts.Exchange;

/// <summary>A fragment and what has become of it so far.</summary>
internal sealed class TrackedFragment(Fragment fragment)
{
    /// <summary>The fragment; without its image once nothing needs it any more.</summary>
    public Fragment Fragment { get; set; } = fragment;

    public FragmentPhase Phase { get; set; }

    /// <summary>Times handed to a connection.</summary>
    public int Attempts { get; set; }

    /// <summary>Its number in the current stream; −1 before it has one.</summary>
    public int Sequence { get; set; } = -1;

    /// <summary>When it was last handed to the connection.</summary>
    public long SentAt { get; set; }

    /// <summary><see cref="FragmentSent"/> was raised for the last attempt.</summary>
    public bool SentReported { get; set; }

    /// <summary>Fragments in flight when it was handed over, itself included.</summary>
    public int InflightAsSent { get; set; }

    /// <summary>When the circuit breaker counts a timeout, unless an answer comes first; null once settled.</summary>
    public long? TimeoutAt { get; set; }

    /// <summary>When its place at the server is taken to be free; null if it holds none.</summary>
    public long? SlotUntil { get; set; }

    /// <summary>It is the circuit breaker's probe.</summary>
    public bool IsProbe { get; set; }

    /// <summary>A failure of this attempt was counted already.</summary>
    public bool FailureCounted { get; set; }

    /// <summary>The server has acknowledged the last attempt.</summary>
    public bool Acknowledged { get; set; }

    /// <summary>A result of the last attempt was received: another one is a duplicate.</summary>
    public bool HasResult { get; set; }

    /// <summary>Set from <see cref="FragmentPhase.Resolved"/> on, until it was reported.</summary>
    public FragmentDecision? Decision { get; set; }
}
