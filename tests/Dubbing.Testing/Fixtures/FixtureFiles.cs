using System.Diagnostics;

namespace Dubbing.Testing.Fixtures;

/// <summary>
/// The clips of <c>scripts/make-fixtures.sh</c>, made on first use and kept in <c>artifacts/fixtures</c>.
/// Thread-safe; the script itself locks out other processes.
/// </summary>
public static class FixtureFiles
{
    // The clips cost about 50 CPU seconds once; a loaded machine may need several times that.
    private static readonly TimeSpan MakeLimit = TimeSpan.FromMinutes(5);
    private static readonly Lazy<string> MadeFolder = new(() => Make());
    private static readonly Lazy<string> MadeLong = new(() => Make("long"));

    /// <summary>Folder of the clips. Throws <see cref="InvalidOperationException"/> with the script's words if it fails.</summary>
    public static string Folder => MadeFolder.Value;

    /// <summary>30 s, 1280×720, 30 fps, B-frames, AAC 48 kHz stereo.</summary>
    public static string A => Clip("a");

    /// <summary>As A without B-frames, AAC 44.1 kHz mono.</summary>
    public static string B => Clip("b");

    /// <summary>As A, 25 fps, keyframe every 10 s.</summary>
    public static string C => Clip("c");

    /// <summary>Video only, 15 s.</summary>
    public static string D => Clip("d");

    /// <summary>5 s of A's content.</summary>
    public static string E => Clip("e");

    /// <summary>As A, 15 s, HE-AAC 48 kHz stereo.</summary>
    public static string F => Clip("f");

    /// <summary>As A, 15 s, AAC 48 kHz 5.1.</summary>
    public static string G => Clip("g");

    /// <summary>As A, 5 minutes without a seam. Made when it is first asked for, which takes minutes.</summary>
    public static string Long => Path.Combine(MadeLong.Value, "long.flv");

    private static string Clip(string name) => Path.Combine(Folder, name + ".flv");

    private static string Make(params string[] extra)
    {
        var folder = Path.Combine(RepoRoot.Path, "artifacts", "fixtures");
        var script = Path.Combine(RepoRoot.Path, "scripts", "make-fixtures.sh");
        using var process = Process.Start(new ProcessStartInfo("bash", [script, folder, .. extra])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("bash did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(MakeLimit))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} took longer than {MakeLimit}");
        }

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} failed ({process.ExitCode}): {errors.Result}{output.Result}");
        return folder;
    }
}
