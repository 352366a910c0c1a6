namespace Dubbing.Testing.Measure;

/// <summary>What an AudioSpecificConfig says.</summary>
/// <param name="Hex">The configuration's bytes in hex: its identity.</param>
/// <param name="ObjectType">Core object type: 2 for AAC-LC.</param>
/// <param name="CoreRateIndex">Index of the core's sampling rate.</param>
/// <param name="CoreRate">The core's sampling rate in Hz.</param>
/// <param name="SampleRate">Rate of the decoded audio in Hz: twice the core's with SBR.</param>
/// <param name="Channels">Channel configuration (7 stands for 8 channels).</param>
/// <param name="SamplesPerPacket">Decoded samples of one packet: 1024 (960), twice that with SBR.</param>
public sealed record AudioConfig(
    string Hex, int ObjectType, int CoreRateIndex, int CoreRate, int SampleRate, int Channels, int SamplesPerPacket)
{
    private const int Sbr = 5;
    private const int ParametricStereo = 29;
    private const int SyncExtension = 0x2b7;

    private static readonly int[] Rates =
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    /// <summary>Parses a configuration; null if it is none that AAC in FLV can have.</summary>
    public static AudioConfig? TryParse(ReadOnlySpan<byte> data)
    {
        var bits = new BitReader(data);
        var type = bits.ReadObjectType();
        var (index, coreRate) = bits.ReadRate();
        var channels = bits.Read(4);
        var rate = coreRate;
        var explicitSbr = type is Sbr or ParametricStereo;
        if (explicitSbr)
        {
            (_, rate) = bits.ReadRate();
            type = bits.ReadObjectType();
        }

        var frame = bits.Read(1) == 1 ? 960 : 1024;
        if (bits.Read(1) == 1)
            bits.Read(14);
        bits.Read(1);
        if (!explicitSbr && bits.Remaining >= 16 && bits.Read(11) == SyncExtension && bits.ReadObjectType() == Sbr && bits.Read(1) == 1)
            (_, rate) = bits.ReadRate();
        if (coreRate <= 0 || rate <= 0 || bits.Remaining < 0)
            return null;
        return new AudioConfig(Convert.ToHexString(data), type, index, coreRate, rate, channels, frame * rate / coreRate);
    }

    private ref struct BitReader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> data = data;
        private int position;

        public readonly int Remaining => 8 * data.Length - position;

        public int Read(int count)
        {
            var value = 0;
            for (; count > 0; count--, position++)
                value = (value << 1) | (position < 8 * data.Length ? (data[position / 8] >> (7 - position % 8)) & 1 : 0);
            return value;
        }

        public int ReadObjectType() => Read(5) is var type && type == 31 ? 32 + Read(6) : type;

        public (int Index, int Rate) ReadRate() =>
            Read(4) is var index && index == 15 ? (15, Read(24)) : (index, index < Rates.Length ? Rates[index] : 0);
    }
}
