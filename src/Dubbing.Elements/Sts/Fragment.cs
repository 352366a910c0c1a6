using System.Buffers;

namespace Dubbing.Elements.Sts;

/// <summary>A piece of the input's audio, complete in itself, on its way through the exchange.</summary>
public sealed record Fragment
{
    /// <summary>Unique name: a UUID in the form of 8-4-4-4-12 digits.</summary>
    public required string Id { get; init; }

    /// <summary>Counts the fragments of the input, from 0; independent of the sequence numbers told to the server.</summary>
    public required long Index { get; init; }

    /// <summary>Running time of its first sample, in ns.</summary>
    public required ulong StartTime { get; init; }

    /// <summary>Its length in ns.</summary>
    public required ulong Duration { get; init; }

    /// <summary>The M4A file (AAC in MP4). Must not change while the exchange holds it.</summary>
    public required ReadOnlySequence<byte> Image { get; init; }

    /// <summary>Samples a second, as carried by <see cref="Image"/>.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Channels, as carried by <see cref="Image"/>.</summary>
    public required int Channels { get; init; }

    /// <summary>A timestamp of the session's <see cref="TimeProvider"/>: a result received before it is in time.</summary>
    public required long Deadline { get; init; }
}
