using System.Globalization;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Measure;

/// <summary>
/// Knows when this machine stood still: what arrives late because a virtual machine's host had other work says nothing about what is measured.
/// <c>standstill.py</c> sees it with real-time priority, so that no program's load looks like it; where that is not allowed, nothing is
/// seen and nothing is excused. One for the process, which ends with it. Thread-safe.
/// </summary>
public static class StandstillWitness
{
    private static readonly Lock s_guard = new();
    private static readonly List<Standstill> s_seen = [];

    private static readonly Lazy<ChildProcess> s_witness = new(() => ChildProcess.Start(
        "python3", [Path.Combine(AppContext.BaseDirectory, "standstill.py")], onLine: Add));

    /// <summary>All since <see cref="Begin"/>.</summary>
    public static IReadOnlyList<Standstill> Seen
    {
        get
        {
            lock (s_guard)
                return [.. s_seen];
        }
    }

    /// <summary>Watches from now on, if it does not yet.</summary>
    public static void Begin() => _ = s_witness.Value;

    private static void Add(OutputLine line)
    {
        if (line.IsError || line.Text.Split(' ') is not [var from, var until])
            return;
        lock (s_guard)
            s_seen.Add(new(long.Parse(from, CultureInfo.InvariantCulture), long.Parse(until, CultureInfo.InvariantCulture)));
    }
}
