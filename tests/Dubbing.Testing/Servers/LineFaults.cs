namespace Dubbing.Testing.Servers;

/// <summary>What is wrong with the line that a <see cref="FaultProxy"/> stands for. Both directions alike.</summary>
public sealed record LineFaults
{
    /// <summary>A good line.</summary>
    public static LineFaults None { get; } = new();

    /// <summary>How much later than sent everything arrives.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Up to so much more, at random for each read; the order stays.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Most bytes a second, of each connection and direction; null: no limit.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>Most bytes of one TCP segment; 1 is byte by byte; null: as they come.</summary>
    public int? SegmentBytes { get; init; }

    /// <summary>From where on new connections are silent: bytes go neither way and neither end closes. Connections that are there
    /// already stay as they are (<see cref="FaultProxy.End"/>).</summary>
    public SilentFrom Silent { get; init; }

    /// <summary>An HTTP status that new connections get in the server's place; null: the server's own answer.</summary>
    public int? HttpStatus { get; init; }
}
