namespace Dubbing.Elements.Audio;

/// <summary>AAC frames each with an ADTS header (ISO/IEC 14496-3, 1.A.3.2).</summary>
internal static class AdtsFile
{
    /// <summary>Nothing in the file tells the encoder's priming: this is taken to be it, in samples of the core. It is that of ffmpeg's own encoder,
    /// which most servers use; others leave more (voaacenc 1600, libfdk_aac 2048), and a server that has those does better to send M4A.</summary>
    public const int Priming = 1024;

    private const int Header = 7;

    private static readonly int[] SampleRates =
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    /// <summary>Reads the first headers.</summary>
    /// <returns>Null if it is no such file: sound can look like one header, so the second must stand where the first says.</returns>
    public static SoundFile? Take(ReadOnlyMemory<byte> file)
    {
        var data = file.Span;
        if (Frame(data) is not { } first || (data.Length > first.Length && Frame(data[first.Length..]) is null))
            return null;
        return new SoundFile(file, SoundFile.Time(Priming, (ulong)first.Rate));
    }

    private static (int Length, int Rate)? Frame(ReadOnlySpan<byte> data)
    {
        if (data.Length < Header || data[0] != 0xff || (data[1] & 0xf6) != 0xf0)
            return null;
        var length = ((data[3] & 3) << 11) | (data[4] << 3) | (data[5] >> 5);
        var rate = (data[2] >> 2) & 15;
        return length < Header || rate >= SampleRates.Length ? null : (length, SampleRates[rate]);
    }
}
