using System.Buffers.Binary;

namespace Dubbing.Elements.Audio;

/// <summary>What stands before the samples of a WAV file. Source: Microsoft's Multimedia Programming Interface 1.0, RIFF.</summary>
internal static class WaveHeader
{
    private const int Length = 44;
    private const int FirstChunk = 12;
    private const int ChunkHeader = 8;
    private const short Integer = 1;
    private const short Float = 3;

    /// <summary>Whether a WAV file has a chunk of samples. From one that has none <c>wavparse</c> of GStreamer 1.22 makes empty buffers without end, and
    /// without a segment.</summary>
    public static bool HasSamples(ReadOnlySpan<byte> file)
    {
        // Chunks begin at even places. A size may lie; then nothing that follows can be found.
        for (long at = FirstChunk; at <= file.Length - ChunkHeader; at += ChunkHeader + (Size(file, at) + 1L & ~1L))
            if (file[(int)at..].StartsWith("data"u8))
                return true;
        return false;

        static uint Size(ReadOnlySpan<byte> file, long at) => BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
    }

    /// <summary>The header of a file of so many bytes of bare samples.</summary>
    /// <param name="bytes">Bytes of samples.</param>
    /// <param name="rate">Samples a second.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="isFloat">Samples are 32-bit floats, else 16-bit integers.</param>
    /// <exception cref="InvalidDataException">A rate or a number of channels that no recording has.</exception>
    public static byte[] Make(int bytes, int rate, int channels, bool isFloat = false)
    {
        var width = isFloat ? sizeof(float) : sizeof(short);
        if (rate is < 1000 or > 384000 || channels is < 1 or > 64)
            throw new InvalidDataException($"bare samples of {rate} Hz and {channels} channels");
        var wave = new byte[Length];
        "RIFF"u8.CopyTo(wave);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(4), Length - 8 + bytes);
        "WAVEfmt "u8.CopyTo(wave.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(20), isFloat ? Float : Integer);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(28), rate * channels * width);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(32), (short)(channels * width));
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(34), (short)(8 * width));
        "data"u8.CopyTo(wave.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(40), bytes);
        return wave;
    }
}
