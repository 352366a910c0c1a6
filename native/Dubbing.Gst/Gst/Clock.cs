using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstClock</c>, and the units of its time.</summary>
public sealed partial class Clock : Object
{
    /// <summary><c>GST_CLOCK_TIME_NONE</c>: no time.</summary>
    public const ulong TimeNone = ulong.MaxValue;

    /// <summary>Nanoseconds in a second.</summary>
    public const ulong Second = 1_000_000_000;

    /// <summary>Nanoseconds in a millisecond.</summary>
    public const ulong MSecond = 1_000_000;

    /// <summary>For the marshaller.</summary>
    public Clock() { }

    /// <summary>The clock's time in ns.</summary>
    public ulong Time => GetTime(this);

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_clock_get_time")]
    private static partial ulong GetTime(Clock clock);
}
