namespace Dubbing.Service.Hosting;

/// <summary>Time for durations that decide something: the wall clock may be set at any moment.</summary>
internal static class Monotonic
{
    /// <summary>The time since a moment that never changes (<see cref="TimeProvider.GetTimestamp"/>). Any thread.</summary>
    public static TimeSpan Now(this TimeProvider time) => time.GetElapsedTime(0);
}
