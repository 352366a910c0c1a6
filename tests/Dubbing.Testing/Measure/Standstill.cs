namespace Dubbing.Testing.Measure;

/// <summary>A time in which a processor did nothing for anybody, whatever its priority (<see cref="MonotonicClock"/>).</summary>
/// <param name="FromNs">When it should have been at work.</param>
/// <param name="UntilNs">When it was again.</param>
public readonly record struct Standstill(long FromNs, long UntilNs)
{
    /// <summary>How much of a stretch of time lies in any of them, in ns.</summary>
    public static long Within(IEnumerable<Standstill> all, long fromNs, long untilNs)
    {
        long sum = 0;
        // Of processors that stood still together each tells of it.
        foreach (var (from, until) in all.OrderBy(one => one.FromNs))
        {
            fromNs = Math.Max(fromNs, from);
            var end = Math.Min(until, untilNs);
            if (end <= fromNs)
                continue;
            sum += end - fromNs;
            fromNs = end;
        }

        return sum;
    }
}
