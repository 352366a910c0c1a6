using System.Buffers.Binary;

namespace Dubbing.Elements.Audio;

/// <summary>Makes a WAV file of bare 16-bit samples.</summary>
internal static class WaveHeader
{
    private const int Length = 44;

    /// <summary>What stands before so many bytes of samples.</summary>
    /// <exception cref="InvalidDataException">A rate or a number of channels that no recording has.</exception>
    public static byte[] Make(int bytes, int rate, int channels)
    {
        if (rate is < 1000 or > 384000 || channels is < 1 or > 64)
            throw new InvalidDataException($"bare samples of {rate} Hz and {channels} channels");
        var wave = new byte[Length];
        "RIFF"u8.CopyTo(wave);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(4), Length - 8 + bytes);
        "WAVEfmt "u8.CopyTo(wave.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(28), rate * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(32), (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(34), 16);
        "data"u8.CopyTo(wave.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(40), bytes);
        return wave;
    }
}
