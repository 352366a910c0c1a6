using System.Diagnostics;

namespace Dubbing.Testing.Measure;

/// <summary>The clock of all arrival stamps: monotonic, in nanoseconds, common to all recorders of a process.</summary>
public static class MonotonicClock
{
    private static readonly DateTimeOffset OriginUtc = DateTimeOffset.UtcNow;
    private static readonly long Origin = Stopwatch.GetTimestamp();

    /// <summary>The time now.</summary>
    public static long NowNs => ToNs(Stopwatch.GetTimestamp());

    /// <summary>The wall clock's time for a stamp, as it ran when the process began to measure.</summary>
    public static DateTimeOffset ToUtc(long ns) => OriginUtc.AddTicks((ns - ToNs(Origin)) / 100);

    private static long ToNs(long timestamp) => (long)((Int128)timestamp * 1_000_000_000 / Stopwatch.Frequency);
}
