namespace Dubbing.Elements.Sts.Exchange;

/// <summary>Where a fragment is on its way.</summary>
internal enum FragmentPhase
{
    /// <summary>To be sent, for the first time or again.</summary>
    Waiting,

    /// <summary>Handed to the connection; no result yet.</summary>
    Sent,

    /// <summary>What plays is known; the decision waits for the fragments before it.</summary>
    Resolved,

    /// <summary>Reported.</summary>
    Decided,
}
