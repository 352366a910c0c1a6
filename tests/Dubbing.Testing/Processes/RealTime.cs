using System.Diagnostics;

namespace Dubbing.Testing.Processes;

/// <summary>
/// Lets what measures run before what is measured: a process with real-time priority runs as soon as it has something to do, however busy
/// the machine is. Where that isn't allowed (it takes root or CAP_SYS_NICE), it runs as any other. Safe for any thread.
/// </summary>
internal static class RealTime
{
    // util-linux.
    private static readonly string[] s_chrt = ["chrt", "--reset-on-fork", "--fifo", "1"];
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly Lazy<bool> s_allowed = new(IsAllowed);

    /// <summary>The command of a program of one thread as it is to be started: program first. It must load in no time, for it holds up others
    /// meanwhile. What it starts in its turn runs as any other.</summary>
    public static IReadOnlyList<string> Command(params string[] command) => s_allowed.Value ? [.. s_chrt, .. command] : command;

    private static bool IsAllowed()
    {
        if (Executables.TryFind(s_chrt[0]) is null)
            return false;
        using var attempt = Process.Start(new ProcessStartInfo(s_chrt[0], [.. s_chrt.Skip(1), "true"]) { RedirectStandardError = true })!;
        // A line at most: no pipe is filled that nobody reads.
        if (attempt.WaitForExit(s_limit))
            return attempt.ExitCode == 0;
        attempt.Kill();
        return false;
    }
}
