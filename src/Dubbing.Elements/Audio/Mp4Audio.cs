using System.Buffers.Binary;

namespace Dubbing.Elements.Audio;

/// <summary>What the <c>moov</c> of an M4A file says of its one audio track (ISO/IEC 14496-12 and -14).</summary>
/// <param name="SampleRate">Samples a second of the AAC core, from the decoder configuration.</param>
/// <param name="Channels">Channels, from the decoder configuration.</param>
/// <param name="FrameLength">Core samples in one AAC frame: 1024, or 960.</param>
/// <param name="Frames">Number of AAC frames.</param>
/// <param name="Config">The AudioSpecificConfig.</param>
public sealed record Mp4Audio(int SampleRate, int Channels, int FrameLength, int Frames, byte[] Config)
{
    /// <summary>Samples a second of what is heard: with HE-AAC twice the core's.</summary>
    public int HeardRate { get; private init; } = SampleRate;

    /// <summary>Channels of what is heard: with HE-AAC v2 two of one.</summary>
    public int HeardChannels { get; private init; } = Channels;

    /// <summary>Reads an image.</summary>
    /// <exception cref="InvalidDataException">It is no complete M4A with an AAC track.</exception>
    public static Mp4Audio Parse(ReadOnlySpan<byte> image)
    {
        try
        {
            return ParseBoxes(image);
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("a box of the M4A ends before its fields do", failure);
        }
    }

    /// <summary>Whether a file is an M4A whose first track is AAC.</summary>
    public static bool IsIn(ReadOnlySpan<byte> file)
    {
        try
        {
            _ = Parse(file);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static Mp4Audio ParseBoxes(ReadOnlySpan<byte> image)
    {
        var stbl = Child(Child(Child(Child(Child(image, "moov"u8), "trak"u8), "mdia"u8), "minf"u8), "stbl"u8);
        // stsd: version and flags, entry count; the mp4a entry: 8 header + 28 of AudioSampleEntry, then its boxes.
        var entry = Child(Child(stbl, "stsd"u8)[8..], "mp4a"u8);
        var config = DecoderConfig(Child(entry[28..], "esds"u8)[4..]);
        var frames = BinaryPrimitives.ReadInt32BigEndian(Child(stbl, "stsz"u8)[8..]);
        var (rate, channels, frameLength, heardRate, heardChannels) = AacConfig.Parse(config);
        if (channels == 0)
            channels = heardChannels = BinaryPrimitives.ReadUInt16BigEndian(entry[16..]);
        return new Mp4Audio(rate, channels, frameLength, frames, config.ToArray()) { HeardRate = heardRate, HeardChannels = heardChannels };
    }

    private static ReadOnlySpan<byte> Child(ReadOnlySpan<byte> boxes, ReadOnlySpan<byte> type) =>
        Mp4Boxes.Find(boxes, .., type) is { } found
            ? boxes[found]
            : throw new InvalidDataException($"no complete '{System.Text.Encoding.ASCII.GetString(type)}' box in the M4A");

    // ISO/IEC 14496-1: ES_Descriptor (3) holds DecoderConfigDescriptor (4) holds DecoderSpecificInfo (5).
    private static ReadOnlySpan<byte> DecoderConfig(ReadOnlySpan<byte> esds)
    {
        var es = Descriptor(esds, 3);
        var flags = es[2];
        var skip = 3 + ((flags & 0x80) != 0 ? 2 : 0) + ((flags & 0x40) != 0 ? 1 + es[3] : 0) + ((flags & 0x20) != 0 ? 2 : 0);
        var config = Descriptor(es[skip..], 4);
        // objectTypeIndication: MPEG-4, or one of MPEG-2's profiles. 'mp4a' may be MP3 or Vorbis, too.
        return config[0] is 0x40 or >= 0x66 and <= 0x68
            ? Descriptor(config[13..], 5)
            : throw new InvalidDataException($"the M4A's audio is not AAC but of the object type 0x{config[0]:x2}");
    }

    private static ReadOnlySpan<byte> Descriptor(ReadOnlySpan<byte> data, byte tag)
    {
        if (data.Length < 2 || data[0] != tag)
            throw new InvalidDataException("the M4A's esds box has no decoder configuration");
        int length = 0, at = 1;
        byte part;
        do
        {
            part = data[at++];
            length = (length << 7) | (part & 0x7f);
        }
        while ((part & 0x80) != 0);
        return data.Slice(at, length);
    }
}
