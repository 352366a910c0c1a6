namespace Dubbing.Service.Configuration;

/// <summary>A stream's settings with where each came from. Immutable.</summary>
/// <param name="Settings">What is in force.</param>
/// <param name="Effective">The same to be shown, by name.</param>
/// <param name="Rejected">What the query asks for and does not get.</param>
/// <param name="Asked">What the query asks for and gets, in a fixed order: equal texts ask for the same.</param>
public sealed record ResolvedSettings(
    StreamSettings Settings, IReadOnlyDictionary<string, EffectiveSetting> Effective, IReadOnlyList<RejectedSetting> Rejected, string Asked);
