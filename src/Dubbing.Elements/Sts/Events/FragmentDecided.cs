namespace Dubbing.Elements.Sts;

/// <summary>A fragment's place in the output is decided, once and for all.</summary>
/// <param name="Decision">What plays there.</param>
public sealed record FragmentDecided(FragmentDecision Decision) : StsEvent;
