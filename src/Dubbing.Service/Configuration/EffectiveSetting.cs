namespace Dubbing.Service.Configuration;

/// <summary>A setting as it is in force for a stream.</summary>
/// <param name="Value">Text, number or list of texts; secrets masked.</param>
/// <param name="Source">Where it comes from: <c>query</c>, <c>configuration:</c> and the pattern, or <c>default</c>.</param>
public sealed record EffectiveSetting(object Value, string Source);
