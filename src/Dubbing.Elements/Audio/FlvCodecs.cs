using System.Text;

namespace Dubbing.Elements.Audio;

/// <summary>What an FLV tag carries. Source: Adobe's Video File Format Specification 10.1, E.4.2 and E.4.3; Enhanced RTMP 1.0.</summary>
internal static class FlvCodecs
{
    private const int Aac = 10;
    private const int Avc = 7;

    /// <summary>The name of a codec that is not AAC, from the first bytes of an audio tag's content; null: it is AAC.</summary>
    public static string? ForeignAudio(ReadOnlySpan<byte> content) => (content[0] >> 4) switch
    {
        Aac => null,
        2 or 14 => "MP3",
        0 or 3 => "PCM",
        1 => "ADPCM",
        7 or 8 => "G.711",
        11 => "Speex",
        9 => FourCc(content),
        var other => $"FLV's format {other}",
    };

    /// <summary>The name of a codec that is not H.264, from the first bytes of a video tag's content; null: it is H.264.</summary>
    public static string? ForeignVideo(ReadOnlySpan<byte> content) => (content[0] & 0x80) != 0 ? FourCc(content) : (content[0] & 15) switch
    {
        Avc => null,
        2 => "H.263",
        4 or 5 => "VP6",
        12 => "H.265",
        var other => $"FLV's codec {other}",
    };

    private static string? FourCc(ReadOnlySpan<byte> content) => content.Length < 5 ? "unknown"
        : Encoding.ASCII.GetString(content[1..5]) is var name && name is "avc1" or "mp4a" ? null : name.All(char.IsAsciiLetterOrDigit) ? name : "unknown";
}
