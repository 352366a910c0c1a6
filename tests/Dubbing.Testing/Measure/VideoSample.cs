namespace Dubbing.Testing.Measure;

/// <summary>One coded picture of a recording.</summary>
/// <param name="Dts">Decoding time in ms, 32-bit wraps undone.</param>
/// <param name="Pts">Presentation time in ms.</param>
/// <param name="IsIdr">Whether it has an IDR slice.</param>
/// <param name="SliceHash">Hash over its slice NAL units (types 1 and 5) byte for byte; SEI, AUD, SPS and PPS do not count.</param>
/// <param name="SliceCount">Number of slice NAL units; 0 if the tag has none.</param>
/// <param name="ArrivalNs">When it was received, on <see cref="MonotonicClock"/>; 0 from a file.</param>
public sealed record VideoSample(long Dts, long Pts, bool IsIdr, string SliceHash, int SliceCount, long ArrivalNs);
