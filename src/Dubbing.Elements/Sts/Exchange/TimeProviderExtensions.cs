namespace Dubbing.Elements.Sts.Exchange;

/// <summary>Timestamps of a <see cref="TimeProvider"/> and time spans.</summary>
internal static class TimeProviderExtensions
{
    /// <summary>The span in units of the provider's timestamps.</summary>
    public static long Ticks(this TimeProvider time, TimeSpan span) =>
        (long)((Int128)span.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
}
