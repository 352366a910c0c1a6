using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Dubbing.Testing.Measure;

/// <summary>Mean brightness of every decoded picture, by PTS. The PTS are those of the FLV tags, untouched.</summary>
public sealed partial class DecodedVideo
{
    // White on the fixtures' dimmed pattern differs by 180; clips without a flash stay under 20.
    private const double SmallestFlash = 60;

    private DecodedVideo(IReadOnlyList<(long PtsMs, double Luma)> pictures, string? fault)
    {
        Pictures = pictures;
        Fault = fault;
        FlashesMs = FindFlashes(pictures);
    }

    /// <summary>PTS in ms and mean luma (0–255), in order of presentation.</summary>
    public IReadOnlyList<(long PtsMs, double Luma)> Pictures { get; }

    /// <summary>PTS of the first picture of every flash. A flash that runs from the very first picture has no known beginning and is left out.</summary>
    public IReadOnlyList<long> FlashesMs { get; }

    /// <summary>Why decoding was incomplete, or null.</summary>
    public string? Fault { get; }

    internal static DecodedVideo Decode(Recording recording)
    {
        if (recording.Video.Count == 0)
            return new DecodedVideo([], "no video");
        var (flv, baseMs) = recording.Extract(FlvTagType.Video);
        var (output, fault) = MediaTool.Ffmpeg(
            ["-skip_loop_filter", "all", "-copyts", "-f", "flv", "-i", "pipe:0", "-fps_mode", "passthrough", "-vf",
             "scale=64:36,format=gray,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-", "-f", "null", "-"],
            flv);
        var pictures = PictureLine().Matches(Encoding.ASCII.GetString(output))
            .Select(m => (
                PtsMs: baseMs + long.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                Luma: double.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture)))
            .OrderBy(p => p.PtsMs)
            .ToList();
        return new DecodedVideo(pictures, fault);
    }

    /// <summary>The brightness of pictures that another recording has as well, byte for byte.</summary>
    internal static DecodedVideo Of(Recording recording, Recording same)
    {
        var luma = same.Luma.Pictures.ToDictionary(p => p.PtsMs, p => p.Luma);
        var known = same.Video.Where(v => luma.ContainsKey(v.Pts)).DistinctBy(v => v.SliceHash).ToDictionary(v => v.SliceHash, v => luma[v.Pts]);
        var unknown = recording.Video.Count(v => !known.ContainsKey(v.SliceHash));
        return new DecodedVideo(
            [.. recording.Video.Where(v => known.ContainsKey(v.SliceHash)).Select(v => (v.Pts, known[v.SliceHash])).OrderBy(p => p.Pts)],
            unknown > 0 ? $"{unknown} pictures are others than those that were decoded" : same.Luma.Fault);
    }

    private static List<long> FindFlashes(IReadOnlyList<(long PtsMs, double Luma)> pictures)
    {
        var dark = Statistics.Median(pictures.Select(p => p.Luma));
        var bright = pictures.Select(p => p.Luma).DefaultIfEmpty(0).Max();
        if (bright - dark < SmallestFlash)
            return [];
        var threshold = (bright + dark) / 2;
        return [.. pictures.Zip(pictures.Skip(1)).Where(p => p.First.Luma < threshold && p.Second.Luma >= threshold).Select(p => p.Second.PtsMs)];
    }

    [GeneratedRegex(@"pts:(-?\d+).*?YAVG=([\d.]+)", RegexOptions.Singleline)]
    private static partial Regex PictureLine();
}
