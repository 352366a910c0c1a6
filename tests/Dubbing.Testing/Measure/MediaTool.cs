using System.Diagnostics;

namespace Dubbing.Testing.Measure;

/// <summary>Runs a command with bytes on its stdin and collects its stdout, within a time limit. It gets what other processes leave of the
/// processor: what is measured beside it is not disturbed.</summary>
public static class MediaTool
{
    // Where the kernel schedules sessions as groups, niceness counts in the group only: a session of its own, and that one nice, too.
    private const string Nice = "{ echo 19 >/proc/self/autogroup; } 2>/dev/null; exec nice -n 19 \"$@\"";

    // On a busy machine it gets little.
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Runs ffmpeg quietly. Returns its stdout and, where it failed, was cut off or could not start, the reason.
    /// </summary>
    public static (byte[] Output, string? Fault) Ffmpeg(IEnumerable<string> arguments, byte[] input, TimeSpan? limit = null) =>
        Run("ffmpeg", ["-hide_banner", "-loglevel", "error", .. arguments], input, limit);

    /// <summary>Runs a pipeline in gst-launch-1.0 that reads <c>fdsrc</c> and writes <c>fdsink</c>; returns as <see cref="Ffmpeg"/>.</summary>
    public static (byte[] Output, string? Fault) GstLaunch(string description, byte[] input, TimeSpan? limit = null) =>
        Run("gst-launch-1.0", ["-q", .. description.Split(' ', StringSplitOptions.RemoveEmptyEntries)], input, limit);

    private static (byte[] Output, string? Fault) Run(string tool, IEnumerable<string> arguments, byte[] input, TimeSpan? limit)
    {
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Nice, "sh", tool, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            return Collect(tool, process, input, limit ?? DefaultLimit);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return ([], $"{tool} does not start: {e.Message}");
        }
    }

    private static (byte[] Output, string? Fault) Collect(string tool, Process process, byte[] input, TimeSpan limit)
    {
        var errors = process.StandardError.ReadToEndAsync();
        var feed = Task.Run(() => Feed(process, input));
        using var output = new MemoryStream();
        var collect = Task.Run(() => process.StandardOutput.BaseStream.CopyTo(output));
        if (!Task.WaitAll([feed, collect, errors], limit) || !process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            Task.WaitAll([feed, collect, errors]);
            return (output.ToArray(), $"{tool} took longer than {limit.TotalSeconds} s");
        }

        return (output.ToArray(), process.ExitCode == 0 ? null : $"{tool} failed ({process.ExitCode}): {errors.Result.Trim()}");
    }

    private static void Feed(Process process, byte[] input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It left before it had read everything: its exit code and words say why.
        }
    }
}
