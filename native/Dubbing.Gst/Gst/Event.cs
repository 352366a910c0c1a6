using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstEvent</c>.</summary>
public sealed unsafe partial class Event : MiniObject
{
    /// <summary>For the marshaller.</summary>
    public Event() { }

    internal Event(nint native, bool owned) : base(native, owned) { }

    /// <summary>What kind of event it is.</summary>
    public EventType Type => *(EventType*)(handle + 64);

    /// <summary>A new EOS event.</summary>
    public static Event NewEos() => new(NewEosNative(), true);

    /// <summary>A new SEGMENT event.</summary>
    public static Event NewSegment(Segment segment) => new(NewSegmentNative(ref segment), true);

    /// <summary>A new CAPS event.</summary>
    public static Event NewCaps(Caps caps) => new(NewCapsNative(caps), true);

    /// <summary>A new STREAM_START event.</summary>
    public static Event NewStreamStart(string streamId) => new(NewStreamStartNative(streamId), true);

    /// <summary>A new event of an application's own kind.</summary>
    /// <param name="type">One of the custom types.</param>
    /// <param name="structure">What it says; the event takes it.</param>
    public static Event NewCustom(EventType type, Structure structure) => new(NewCustomNative(type, structure.Release()), true);

    /// <summary>What the event says, borrowed: valid while the event is. Null where it says nothing.</summary>
    public Structure? GetStructure() => GetStructure(this) is var structure && structure != 0 ? new Structure(structure, false) : null;

    /// <summary>The segment of a SEGMENT event.</summary>
    public Segment ParseSegment()
    {
        CopySegment(this, out var segment);
        return segment;
    }

    /// <summary>The caps of a CAPS event, borrowed: valid while the event is.</summary>
    public Caps ParseCaps()
    {
        ParseCaps(this, out var caps);
        return new Caps(caps, false);
    }

    /// <summary>Start and duration of a GAP event in ns.</summary>
    public (ulong Timestamp, ulong Duration) ParseGap()
    {
        ParseGap(this, out var timestamp, out var duration);
        return (timestamp, duration);
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_new_eos")]
    private static partial nint NewEosNative();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_new_segment")]
    private static partial nint NewSegmentNative(ref Segment segment);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_new_caps")]
    private static partial nint NewCapsNative(Caps caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_new_stream_start", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewStreamStartNative(string streamId);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_new_custom")]
    private static partial nint NewCustomNative(EventType type, nint structure);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_get_structure")]
    private static partial nint GetStructure(Event @event);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_copy_segment")]
    private static partial void CopySegment(Event @event, out Segment segment);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_parse_caps")]
    private static partial void ParseCaps(Event @event, out nint caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_event_parse_gap")]
    private static partial void ParseGap(Event @event, out ulong timestamp, out ulong duration);
}
