using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstSegment</c>: how timestamps become running time.</summary>
[StructLayout(LayoutKind.Explicit, Size = 120)]
public partial struct Segment
{
    /// <summary>Flags.</summary>
    [FieldOffset(0)] public int Flags;
    /// <summary>Rate; 1 is normal speed.</summary>
    [FieldOffset(8)] public double Rate;
    /// <summary>Rate already applied by an element.</summary>
    [FieldOffset(16)] public double AppliedRate;
    /// <summary>The unit of the fields below.</summary>
    [FieldOffset(24)] public Format Format;
    /// <summary>Running time of <see cref="Start"/>.</summary>
    [FieldOffset(32)] public ulong Base;
    /// <summary>Amount already played.</summary>
    [FieldOffset(40)] public ulong Offset;
    /// <summary>First timestamp.</summary>
    [FieldOffset(48)] public ulong Start;
    /// <summary>Last timestamp.</summary>
    [FieldOffset(56)] public ulong Stop;
    /// <summary>Stream time of <see cref="Start"/>.</summary>
    [FieldOffset(64)] public ulong Time;
    /// <summary>Current position.</summary>
    [FieldOffset(72)] public ulong Position;
    /// <summary>Duration of the stream.</summary>
    [FieldOffset(80)] public ulong Duration;

    /// <summary>A segment from 0 without an end.</summary>
    public static Segment Create(Format format)
    {
        Init(out var segment, format);
        return segment;
    }

    /// <summary>The running time of a timestamp.</summary>
    /// <returns>ns, or <see cref="Clock.TimeNone"/> if it lies outside the segment.</returns>
    public ulong ToRunningTime(ulong timestamp) => ToRunningTime(ref this, Format.Time, timestamp);

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_segment_init")]
    private static partial void Init(out Segment segment, Format format);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_segment_to_running_time")]
    private static partial ulong ToRunningTime(ref Segment segment, Format format, ulong position);
}
