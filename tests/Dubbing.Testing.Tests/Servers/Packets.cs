using System.Diagnostics;
using System.Globalization;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Tests.Servers;

/// <summary>Presentation times (ms) by content, so that what was read back can be held against what was published.</summary>
internal static class Packets
{
    /// <summary>Pictures are told apart decoded, as containers frame H.264 differently; audio by its packets.</summary>
    public static async Task<Dictionary<string, double>> Times(string file, char kind)
    {
        string[] stream = kind == 'v'
            ? ["-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "1:1000"]
            : ["-map", "0:a", "-c", "copy"];
        var info = new ProcessStartInfo(Executables.Find("ffmpeg", "ffmpeg"),
            ["-nostdin", "-loglevel", "error", "-copyts", "-i", file, .. stream, "-f", "framehash", "-hash", "md5", "-"])
        {
            RedirectStandardOutput = true,
        };
        using var ffmpeg = Process.Start(info)!;
        var text = await ffmpeg.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await ffmpeg.WaitForExitAsync(TestContext.Current.CancellationToken);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var timeBase = lines.Single(line => line.StartsWith("#tb 0:", StringComparison.Ordinal)).Split(' ', '/');
        var unit = 1000.0 * Number(timeBase[^2]) / Number(timeBase[^1]);
        return lines.Where(line => line[0] != '#')
            .Select(line => line.Split(',', StringSplitOptions.TrimEntries))
            .DistinctBy(fields => fields[5])
            .ToDictionary(fields => fields[5], fields => Number(fields[2]) * unit);
    }

    /// <summary>Time in <paramref name="read"/> minus time in <paramref name="published"/> of everything that is in both, in order.</summary>
    public static double[] Shifts(Dictionary<string, double> published, Dictionary<string, double> read) =>
        [.. read.Where(item => published.ContainsKey(item.Key)).OrderBy(item => item.Value).Select(item => item.Value - published[item.Key])];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
