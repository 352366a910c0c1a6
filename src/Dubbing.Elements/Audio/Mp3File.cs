using System.Buffers.Binary;

namespace Dubbing.Elements.Audio;

/// <summary>MPEG audio, layer III (ISO/IEC 11172-3 and 13818-3), with or without ID3 tag and Xing/LAME header.</summary>
/// <remarks>An encoder begins with silence of its own, and a decoder gives its sound later by <see cref="DecoderDelay"/>. LAME and ffmpeg write
/// how much into a first frame that holds no sound, the Xing (or Info) header; GStreamer 1.22 plays all of it, newer ones may not. So that frame
/// is left out, and what it says is done here.</remarks>
internal static class Mp3File
{
    /// <summary>What every decoder adds, in samples.</summary>
    public const int DecoderDelay = 529;

    /// <summary>What LAME puts in front, in samples: taken to be so where nothing is told.</summary>
    public const int EncoderDelay = 576;

    private static readonly int[] Bitrates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] Bitrates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] SampleRates = [44100, 48000, 32000];

    /// <summary>Reads the first frames.</summary>
    /// <returns>Null if it is no such file: sound can look like one header, so the second must stand where the first says.</returns>
    public static SoundFile? Take(ReadOnlyMemory<byte> file)
    {
        var data = file.Span;
        var start = AfterId3(data);
        if (start < 0 || Frame(data[start..]) is not { } first)
            return null;
        var next = start + first.Length;
        if (data.Length - next >= 4 && Frame(data[next..]) is null)
            return null;
        var (isHeader, delay, length) = ReadXing(data.Slice(start, Math.Min(first.Length, data.Length - start)), first);
        var sound = file[(isHeader ? Math.Min(next, data.Length) : start)..];
        return new SoundFile(sound, SoundFile.Time((ulong)(delay + DecoderDelay), (ulong)first.Rate), length);
    }

    // "ID3", version, flags, length in four bytes of seven bits; -1 if the tag does not end.
    private static int AfterId3(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (data.Length - at >= 10 && data[at..].StartsWith("ID3"u8))
        {
            at += 10 + ((data[at + 6] & 127) << 21 | (data[at + 7] & 127) << 14 | (data[at + 8] & 127) << 7 | (data[at + 9] & 127));
            if (at > data.Length)
                return -1;
        }
        return at;
    }

    // 11 bits sync, 2 version (3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5), 2 layer (1: III), 1 no CRC, 4 bit rate, 2 sample rate, 1 padding, 1, 2 mode (3: mono).
    private static FrameHeader? Frame(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4 || data[0] != 0xff || (data[1] & 0xe6) != 0xe2)
            return null;
        var (version, bitrate, rate) = ((data[1] >> 3) & 3, data[2] >> 4, (data[2] >> 2) & 3);
        if (version == 1 || bitrate is 0 or 15 || rate == 3)
            return null;
        var isFirst = version == 3;
        var hertz = SampleRates[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
        var bits = 1000 * (isFirst ? Bitrates1 : Bitrates2)[bitrate];
        var length = (isFirst ? 144 : 72) * bits / hertz + ((data[2] >> 1) & 1);
        var isMono = data[3] >> 6 == 3;
        return new FrameHeader(length, hertz, isFirst ? 1152 : 576, isFirst ? (isMono ? 17 : 32) : (isMono ? 9 : 17));
    }

    // Behind the side information: "Xing" or "Info", 4 bytes flags (1: frames, 2: bytes, 4: table, 8: quality), their fields; then LAME's: 9 bytes
    // name, 12 bytes other things, 12 bits delay, 12 bits padding.
    private static (bool IsHeader, int Delay, ulong Length) ReadXing(ReadOnlySpan<byte> frame, FrameHeader header)
    {
        var xing = frame[Math.Min(4 + header.SideInfo, frame.Length)..];
        if (xing.Length < 8 || !(xing.StartsWith("Xing"u8) || xing.StartsWith("Info"u8)))
            return (false, EncoderDelay, ulong.MaxValue);
        var flags = xing[7];
        var hasFrames = (flags & 1) != 0 && xing.Length >= 12;
        var lame = 8 + (hasFrames ? 4 : 0) + ((flags & 2) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 100 : 0) + ((flags & 8) != 0 ? 4 : 0);
        if (xing.Length < lame + 24)
            return (true, EncoderDelay, ulong.MaxValue);
        var told = BinaryPrimitives.ReadUInt32BigEndian(xing[(lame + 20)..]) & 0xffffff;
        var (delay, padding) = ((int)(told >> 12), (int)(told & 0xfff));
        if (told == 0)
            return (true, EncoderDelay, ulong.MaxValue);
        var frames = hasFrames ? BinaryPrimitives.ReadUInt32BigEndian(xing[8..]) : 0;
        var samples = (long)frames * header.Samples - delay - padding;
        return (true, delay, samples > 0 ? SoundFile.Time((ulong)samples, (ulong)header.Rate) : ulong.MaxValue);
    }

    private readonly record struct FrameHeader(int Length, int Rate, int Samples, int SideInfo);
}
