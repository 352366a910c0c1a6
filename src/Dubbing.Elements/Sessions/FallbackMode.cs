namespace Dubbing.Elements.Sessions;

/// <summary>What plays in place of a fragment that has no dubbed audio.</summary>
public enum FallbackMode
{
    /// <summary>The input's own audio.</summary>
    Original,

    /// <summary>Nothing.</summary>
    Silence,

    /// <summary>The last dubbed fragment once more, cut off or followed by silence; the original while nothing was dubbed yet.</summary>
    Last,

    /// <summary>The original at −12 dB.</summary>
    Duck,
}
