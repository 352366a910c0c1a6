namespace Dubbing.Testing.Servers;

/// <summary>How the time of a <see cref="Publisher"/> runs that does not keep ours.</summary>
public sealed record PublisherClock
{
    /// <summary>How much faster than ours its clock runs, in millionths: timestamps grow that much faster than they come.</summary>
    public double Ppm { get; init; }

    /// <summary>RTMP timestamp of its first packet; 32 bits, that wrap.</summary>
    public uint FirstTimestampMs { get; init; }

    /// <summary>So much of the file's beginning is published, <see cref="Repeats"/> times without a seam: whole AAC frames and groups of pictures.
    /// Null: the file as it is.</summary>
    public TimeSpan? Cut { get; init; }

    /// <summary>How often <see cref="Cut"/> is published.</summary>
    public int Repeats { get; init; } = 1;
}
