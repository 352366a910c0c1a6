using System.Buffers.Binary;
using System.Diagnostics;
using Gst;

namespace Dubbing.Elements.Audio;

/// <summary>Decodes what an STS server returned, whatever container, codec, rate or channel count it has.</summary>
internal static class ResultDecoder
{
    /// <summary>A decoder that takes longer costs its fragment.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Decodes a whole file.</summary>
    /// <param name="format">What comes out.</param>
    /// <param name="data">The file, or bare samples.</param>
    /// <param name="dataFormat">The server's name for it; only <c>pcm_s16le</c> matters, all else is found by its content.</param>
    /// <param name="rate">Samples a second of bare samples.</param>
    /// <param name="channels">Channels of bare samples.</param>
    /// <param name="maxSamples">Decoding ends after so many samples: nothing beyond is needed.</param>
    /// <returns>Interleaved samples.</returns>
    /// <exception cref="InvalidDataException">It can't be decoded, or not in time.</exception>
    public static short[] Decode(Pcm format, byte[] data, string dataFormat, int rate, int channels, long maxSamples)
    {
        if (data.Length == 0)
            throw new InvalidDataException("the dubbed audio is empty");
        if (dataFormat is "pcm_s16le" or "pcm" or "raw")
            data = AddWaveHeader(data, rate, channels);
        if (!IsKnownContainer(data))
            throw new InvalidDataException($"the dubbed audio ({dataFormat}, {data.Length} bytes) is no audio file that is known");
        // dataurisrc is the stock source that can be read at random from memory: an M4A's index stands at its end.
        using var pipeline = new DecodePipeline("dataurisrc name=in", format,
            source => source.SetProperty("uri", "data:application/octet-stream;base64," + Convert.ToBase64String(data)));
        var result = new List<short>();
        var watch = Stopwatch.StartNew();
        while (result.Count < maxSamples * format.Channels)
        {
            if (pipeline.Pull(50 * Clock.MSecond, out _) is { } samples)
                result.AddRange(samples);
            else if (pipeline.IsEos)
                break;
            else if (pipeline.TakeError() is { } error)
                throw new InvalidDataException($"the dubbed audio ({dataFormat}, {data.Length} bytes) can't be decoded: {error}");
            // Also while buffers come: a broken file can give empty ones without end.
            if (watch.Elapsed > Timeout)
                throw new InvalidDataException($"decoding the dubbed audio ({dataFormat}, {data.Length} bytes) took too long");
        }
        return result.Count == 0
            ? throw new InvalidDataException($"the dubbed audio ({dataFormat}, {data.Length} bytes) holds no sound")
            : [.. result];
    }

    // A server's data must not choose among all of decodebin's plugins: a playlist would make it fetch from the network.
    private static bool IsKnownContainer(ReadOnlySpan<byte> data) =>
        data.Length >= 12
        && (data[4..8].SequenceEqual("ftyp"u8) || data.StartsWith("RIFF"u8) || data.StartsWith("OggS"u8) || data.StartsWith("fLaC"u8)
            || data.StartsWith("ID3"u8) || data.StartsWith(WebmMagic)
            || (data[0] == 0xff && (data[1] & 0xe0) == 0xe0));

    private static ReadOnlySpan<byte> WebmMagic => [0x1a, 0x45, 0xdf, 0xa3];

    private static byte[] AddWaveHeader(byte[] samples, int rate, int channels)
    {
        var wave = new byte[44 + samples.Length];
        "RIFF"u8.CopyTo(wave);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(4), 36 + samples.Length);
        "WAVEfmt "u8.CopyTo(wave.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(28), rate * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(32), (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(wave.AsSpan(34), 16);
        "data"u8.CopyTo(wave.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wave.AsSpan(40), samples.Length);
        samples.CopyTo(wave, 44);
        return wave;
    }
}
