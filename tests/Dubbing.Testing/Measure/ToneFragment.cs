namespace Dubbing.Testing.Measure;

/// <summary>A stretch of the output that should be one tone.</summary>
/// <param name="StartSeconds">Where it begins on the recording's timeline.</param>
/// <param name="DurationSeconds">How long it is.</param>
/// <param name="FrequencyHz">The tone's frequency.</param>
/// <param name="IsCut">The recording begins in the middle of it: its beginning is not judged.</param>
public readonly record struct ToneFragment(double StartSeconds, double DurationSeconds, double FrequencyHz, bool IsCut = false);
