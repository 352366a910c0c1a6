namespace Dubbing.Testing.Measure;

/// <summary>One AAC frame of a recording.</summary>
/// <param name="Timestamp">In ms, 32-bit wraps undone.</param>
/// <param name="Data">The raw AAC frame.</param>
/// <param name="ArrivalNs">When it was received, on <see cref="MonotonicClock"/>; 0 from a file.</param>
public sealed record AudioPacket(long Timestamp, ReadOnlyMemory<byte> Data, long ArrivalNs);
