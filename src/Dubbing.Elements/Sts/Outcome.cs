namespace Dubbing.Elements.Sts;

/// <summary>What plays in a fragment's place.</summary>
public enum Outcome
{
    /// <summary>The server's audio.</summary>
    Dubbed,

    /// <summary>The fallback.</summary>
    Fallback,
}
