namespace Dubbing.Testing.Servers;

/// <summary>How the time of a <see cref="Publisher"/> runs that does not keep ours.</summary>
public sealed record PublisherClock
{
    /// <summary>How much faster than ours its clock runs, in millionths: timestamps grow that much faster than they come.</summary>
    public double Ppm { get; init; }

    /// <summary>RTMP timestamp of its first packet; 32 bits, that wrap.</summary>
    public uint FirstTimestampMs { get; init; }

    /// <summary>From these seconds of the file on the timestamps go on from other values.</summary>
    public IReadOnlyList<(int At, uint TimestampMs)> Jumps { get; init; } = [];

    /// <summary>What lies between two seconds of the file is published so often, and nothing after it; without a seam, if those are whole AAC frames
    /// and groups of pictures. Null: the file as it is.</summary>
    public (int Begin, int End, int Count)? Repeat { get; init; }
}
