using System.Buffers.Binary;

namespace Dubbing.Elements.Audio;

/// <summary>What an FLV stream's <c>onMetaData</c> announces (AMF 0: a name, the byte 0, a big-endian double; or 1 and a flag).</summary>
internal static class FlvMetadata
{
    private const int Aac = 10;

    // Servers leave out what they do not know. A wrong guess costs a restart of the pipeline when the audio comes.
    private const int UsualRate = 48000;

    private static readonly int[] SampleRates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    /// <summary>The configuration of AAC-LC with the rate and channels that are announced; 48 kHz and stereo where they are not.</summary>
    /// <param name="tag">The tag.</param>
    /// <returns>Null where no AAC is announced, or of a rate that AAC does not have.</returns>
    public static byte[]? AudioConfig(ReadOnlySpan<byte> tag)
    {
        if (Value(tag, "audiocodecid"u8) is not Aac)
            return null;
        var index = Array.IndexOf(SampleRates, (int)(Value(tag, "audiosamplerate"u8) ?? UsualRate));
        var channels = (int)(Value(tag, "audiochannels"u8) ?? 1 + (Value(tag, "stereo"u8) ?? 1));
        return index < 0 || channels is < 1 or > 6 ? null : [(byte)(2 << 3 | index >> 1), (byte)((index & 1) << 7 | channels << 3)];
    }

    private static double? Value(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> name)
    {
        var at = tag.IndexOf(name);
        var value = at < 0 ? [] : tag[(at + name.Length)..];
        return value switch
        {
            [0, ..] when value.Length >= 9 => BinaryPrimitives.ReadDoubleBigEndian(value[1..]),
            [1, var flag, ..] => flag,
            _ => null,
        };
    }
}
