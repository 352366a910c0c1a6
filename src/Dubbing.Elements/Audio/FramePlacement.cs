namespace Dubbing.Elements.Audio;

/// <summary>Where one frame of the input stands in the output.</summary>
/// <param name="Position">Its first sample.</param>
/// <param name="Length">Samples that it fills.</param>
/// <param name="NaturalLength">Samples that decoding it gives.</param>
/// <param name="Step">By how many samples its timestamp jumped: a hole if positive, a step back if negative, else 0.</param>
public readonly record struct FramePlacement(long Position, int Length, int NaturalLength, long Step);
