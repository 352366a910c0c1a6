namespace Dubbing.Testing.Measure;

/// <summary>One of the fixtures' beeps.</summary>
/// <param name="OnsetMs">Where it begins on the stream's timeline.</param>
/// <param name="Amplitude">Its amplitude, 0 … 1.</param>
public readonly record struct Beep(double OnsetMs, double Amplitude);
