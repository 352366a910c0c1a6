using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Dubbing.Service.Tests.Captions;

/// <summary>Reads WebVTT with ffprobe, which is somebody else's idea of the format.</summary>
internal static class WebVttReader
{
    public static async Task<IReadOnlyList<(double Start, double End, string Text)>> ReadAsync(string vtt)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, vtt);
            var start = new ProcessStartInfo("ffprobe", ["-v", "warning", "-f", "webvtt", "-show_packets", "-show_data", "-of", "json", file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            using var output = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync());
            Assert.Equal("", await errors);
            return [.. output.RootElement.GetProperty("packets").EnumerateArray().Select(Cue)];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (double Start, double End, string Text) Cue(JsonElement packet)
    {
        var start = double.Parse(packet.GetProperty("pts_time").GetString()!, CultureInfo.InvariantCulture);
        var length = double.Parse(packet.GetProperty("duration_time").GetString()!, CultureInfo.InvariantCulture);
        return (start, Math.Round(start + length, 3), FromDump(packet.GetProperty("data").GetString()!));
    }

    // "00000000: 4865 6c6c 6f20 ... Hello ": offset, up to eight groups of hex, two spaces, the characters.
    private static string FromDump(string dump)
    {
        var hex = dump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[10..50].Replace(" ", "", StringComparison.Ordinal));
        return System.Text.Encoding.UTF8.GetString(Convert.FromHexString(string.Concat(hex)));
    }
}
