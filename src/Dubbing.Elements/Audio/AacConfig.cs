namespace Dubbing.Elements.Audio;

/// <summary>What an AudioSpecificConfig says (ISO/IEC 14496-3, 1.6.2).</summary>
/// <param name="SampleRate">Samples a second of the core; HE-AAC is heard at twice that.</param>
/// <param name="Channels">Channels of the core; 0 if the configuration leaves them to the stream.</param>
/// <param name="FrameLength">Core samples in one frame: 1024, or 960.</param>
/// <param name="HeardRate">Samples a second of what is heard, where the configuration tells: more than the core's with HE-AAC.</param>
/// <param name="HeardChannels">Channels of what is heard: 2 of one with HE-AAC v2.</param>
public readonly record struct AacConfig(int SampleRate, int Channels, int FrameLength, int HeardRate, int HeardChannels)
{
    private const int Sbr = 5;
    private const int ParametricStereo = 29;
    private const int SyncExtension = 0x2b7;

    private static readonly int[] SampleRates =
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="InvalidDataException">It is too short, or of a rate that does not exist.</exception>
    public static AacConfig Parse(ReadOnlySpan<byte> config)
    {
        if (config.Length < 2)
            throw new InvalidDataException("the AudioSpecificConfig is too short");
        var at = 0;
        var type = Bits(config, ref at, 5);
        var rate = Rate(config, ref at);
        var channels = Bits(config, ref at, 4) is var value && value == 7 ? 8 : value;
        var (heardRate, hasStereo) = (rate, type == ParametricStereo);
        if (type is Sbr or ParametricStereo)
        {
            heardRate = Rate(config, ref at);
            _ = Bits(config, ref at, 5);
        }
        var frameLength = Bits(config, ref at, 1) == 1 ? 960 : 1024;
        // AAC-LC that says at its end, for those who know, that it is more.
        if (type == 2 && Bits(config, ref at, 2) == 0 && 8 * config.Length - at >= 17 && Bits(config, ref at, 11) == SyncExtension
            && Bits(config, ref at, 5) == Sbr && Bits(config, ref at, 1) == 1)
        {
            heardRate = Rate(config, ref at);
            hasStereo = 8 * config.Length - at >= 12 && Bits(config, ref at, 11) == 0x548 && Bits(config, ref at, 1) == 1;
        }
        return new AacConfig(rate, channels, frameLength, heardRate, hasStereo && channels == 1 ? 2 : channels);
    }

    private static int Rate(ReadOnlySpan<byte> config, ref int at)
    {
        var index = Bits(config, ref at, 4);
        if (index == 15)
            return Bits(config, ref at, 24) is var rate and > 0 ? rate : throw new InvalidDataException("an AAC sample rate of 0");
        return index < SampleRates.Length ? SampleRates[index] : throw new InvalidDataException($"AAC sample rate index {index} is not supported");
    }

    // Beyond the end there are zeros.
    private static int Bits(ReadOnlySpan<byte> config, ref int at, int count)
    {
        var value = 0;
        for (; count > 0; count--, at++)
            value = (value << 1) | (at / 8 < config.Length ? config[at / 8] >> (7 - at % 8) & 1 : 0);
        return value;
    }
}
