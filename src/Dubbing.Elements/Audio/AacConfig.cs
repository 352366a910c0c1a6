namespace Dubbing.Elements.Audio;

/// <summary>What an AudioSpecificConfig says of the AAC core (ISO/IEC 14496-3).</summary>
/// <param name="SampleRate">Samples a second of the core; HE-AAC is heard at twice that.</param>
/// <param name="Channels">Channels; 0 if the configuration leaves them to the stream.</param>
/// <param name="FrameLength">Core samples in one frame: 1024, or 960.</param>
public readonly record struct AacConfig(int SampleRate, int Channels, int FrameLength)
{
    private static readonly int[] SampleRates =
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    /// <summary>Reads a configuration: 5 bits object type, 4 bits rate index, 4 bits channels, then the frame length flag.</summary>
    /// <exception cref="InvalidDataException">It is too short, or of a rate without index.</exception>
    public static AacConfig Parse(ReadOnlySpan<byte> config)
    {
        if (config.Length < 2)
            throw new InvalidDataException("the AudioSpecificConfig is too short");
        var index = ((config[0] & 7) << 1) | (config[1] >> 7);
        if (index >= SampleRates.Length)
            throw new InvalidDataException($"AAC sample rate index {index} is not supported");
        var channels = (config[1] >> 3) & 15;
        return new AacConfig(SampleRates[index], channels == 7 ? 8 : channels, (config[1] & 4) != 0 ? 960 : 1024);
    }
}
