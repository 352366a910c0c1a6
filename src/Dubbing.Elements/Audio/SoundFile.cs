namespace Dubbing.Elements.Audio;

/// <summary>An audio file as it is given to a decoder, and which part of what comes out is the sound that was put in.</summary>
/// <param name="Data">The file, without what would make a decoder cut by itself: versions of GStreamer differ in what they
/// honour, and where they cut.</param>
/// <param name="Skip">How much in front is an encoder's priming and the decoder's delay, in ns.</param>
/// <param name="Length">How much sound follows in ns; <see cref="ulong.MaxValue"/> if the file does not say.</param>
/// <param name="Lead">Silence before the sound, in ns.</param>
/// <param name="Header">What stands before the data in the file.</param>
internal readonly record struct SoundFile(ReadOnlyMemory<byte> Data, ulong Skip = 0, ulong Length = ulong.MaxValue, ulong Lead = 0, byte[]? Header = null)
{
    private const int Ns = 1_000_000_000;

    /// <summary>What decodes it, as <see cref="DecodePipeline"/> takes it.</summary>
    public string Decoder { get; private init; } = DecodePipeline.AnyDecoder;

    /// <summary>Recognises a file by its content.</summary>
    /// <param name="memory">What the server sent. It is part of the result, and may be patched.</param>
    /// <param name="hint">The server's name for it; it decides only whether what is no file may be bare samples.</param>
    /// <param name="rate">Samples a second of bare samples.</param>
    /// <param name="channels">Channels of bare samples.</param>
    /// <exception cref="InvalidDataException">It is no kind of file that is taken.</exception>
    public static SoundFile Recognise(Memory<byte> memory, string hint, int rate, int channels)
    {
        ReadOnlySpan<byte> data = memory.Span;
        // A server's data must not choose among all that a decoder can open: a playlist would make it fetch from the network.
        if (Starts(data, 4, "ftyp"u8))
            return Mp4Edits.Take(memory) with { Decoder = Mp4Audio.IsIn(data) ? $"qtdemux ! {DecodePipeline.AacDecoder}" : DecodePipeline.AnyDecoder };
        if (Starts(data, 0, "RIFF"u8) && Starts(data, 8, "WAVE"u8))
            return WaveHeader.HasSamples(data) ? new SoundFile(memory) : throw new InvalidDataException("a WAV file without samples");
        if (Starts(data, 0, "OggS"u8) || Starts(data, 0, "fLaC"u8) || Starts(data, 0, WebmMagic))
            return new SoundFile(memory);
        if (Mp3File.Take(memory) is { } mp3)
            return mp3;
        if (AdtsFile.Take(memory) is { } adts)
            return adts;
        if (hint is "pcm_s16le" or "pcm" or "raw" or "s16le")
            return new SoundFile(memory, Header: WaveHeader.Make(data.Length, rate, channels));
        if (hint is "pcm_f32le" or "f32le")
            return new SoundFile(memory, Header: WaveHeader.Make(data.Length, rate, channels, isFloat: true));
        throw new InvalidDataException("it is no audio file of a known kind");
    }

    /// <summary>A length of time from a count of units, rounded to the next ns.</summary>
    public static ulong Time(ulong units, ulong perSecond) => (ulong)(((UInt128)units * Ns + perSecond / 2) / perSecond);

    private static bool Starts(ReadOnlySpan<byte> data, int at, ReadOnlySpan<byte> magic) => data.Length > at && data[at..].StartsWith(magic);

    private static ReadOnlySpan<byte> WebmMagic => [0x1a, 0x45, 0xdf, 0xa3];
}
