namespace Dubbing.Testing.Measure;

/// <summary>One FLV tag.</summary>
/// <param name="Type">What it carries.</param>
/// <param name="Timestamp">Its 32-bit timestamp (DTS), in milliseconds.</param>
/// <param name="Payload">The tag's body, codec header bytes included.</param>
/// <param name="ArrivalNs">When its last byte was received, on <see cref="MonotonicClock"/>; 0 if it was read from a file.</param>
public sealed record FlvTag(FlvTagType Type, uint Timestamp, ReadOnlyMemory<byte> Payload, long ArrivalNs = 0)
{
    /// <summary>Whether this is AVC video: a 5-byte header, then a configuration or NAL units.</summary>
    public bool IsAvc => Type == FlvTagType.Video && Payload.Length >= 5 && (Payload.Span[0] & 0x0f) == 7;

    /// <summary>Whether this is AAC audio: a 2-byte header, then a configuration or one frame.</summary>
    public bool IsAac => Type == FlvTagType.Audio && Payload.Length >= 2 && Payload.Span[0] >> 4 == 10;

    /// <summary>AVC or AAC packet type: 0 configuration, 1 media, 2 end of sequence. Valid for AVC and AAC only.</summary>
    public int PacketType => Payload.Span[1];

    /// <summary>PTS − DTS in milliseconds, valid for AVC only.</summary>
    public int CompositionTime
    {
        get
        {
            var p = Payload.Span;
            return ((p[2] << 24) | (p[3] << 16) | (p[4] << 8)) >> 8;
        }
    }
}
