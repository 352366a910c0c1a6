using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstPad</c>.</summary>
public sealed partial class Pad : Object
{
    /// <summary>For the marshaller.</summary>
    public Pad() { }

    internal Pad(nint owned) : base(owned) { }

    /// <summary>Pushes a buffer to the peer; takes the buffer over.</summary>
    public FlowReturn Push(Buffer buffer) => Push(this, buffer.Release());

    /// <summary>Pushes an event to the peer; takes the event over.</summary>
    public bool PushEvent(Event @event) => PushEvent(this, @event.Release()) != 0;

    /// <summary>The caps negotiated; null before.</summary>
    public Caps? CurrentCaps
    {
        get
        {
            var caps = GetCurrentCaps(this);
            return caps.IsInvalid ? null : caps;
        }
    }

    /// <summary>What the peer could take or give; null without a peer.</summary>
    public Caps? AllowedCaps
    {
        get
        {
            var caps = GetAllowedCaps(this);
            return caps.IsInvalid ? null : caps;
        }
    }

    /// <summary>Whether it has a peer.</summary>
    public bool IsLinked => IsLinkedPad(this) != 0;

    /// <summary>Asks the peer.</summary>
    public bool PeerQuery(Query query) => PeerQuery(this, query) != 0;

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_push")]
    private static partial FlowReturn Push(Pad pad, nint buffer);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_push_event")]
    private static partial int PushEvent(Pad pad, nint @event);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_get_current_caps")]
    private static partial Caps GetCurrentCaps(Pad pad);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_get_allowed_caps")]
    private static partial Caps GetAllowedCaps(Pad pad);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_is_linked")]
    private static partial int IsLinkedPad(Pad pad);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_peer_query")]
    private static partial int PeerQuery(Pad pad, Query query);
}
