using System.Buffers;

namespace Dubbing.Elements.Sts;

/// <summary>Audio that the server returned, still encoded. Rate, channels and length may differ from what was sent.</summary>
public sealed record DubbedAudio
{
    /// <summary>The server's name of the format, e.g. <c>m4a</c>; empty if it gave none.</summary>
    public required string Format { get; init; }

    /// <summary>Samples a second as the server says; 0 if it did not.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Channels as the server says; 0 if it did not.</summary>
    public required int Channels { get; init; }

    /// <summary>Its length in ms as the server says; 0 if it did not.</summary>
    public long DurationMs { get; init; }

    /// <summary>The encoded audio: 1 byte to 10 MB.</summary>
    public required ReadOnlySequence<byte> Data { get; init; }
}
