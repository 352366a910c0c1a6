using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gst;

namespace Dubbing.Elements.Tests.Pipelines;

/// <summary>Counts the events that pass a pad: a native pad probe.</summary>
internal sealed unsafe partial class EventWatch : IDisposable
{
    private const int EventDownstream = 1 << 6;

    private readonly GCHandle _self;
    private readonly Pad _pad;
    private readonly nuint _probe;
    private int _gaps;
    private int _segments;

    public EventWatch(Element element, string pad)
    {
        _self = GCHandle.Alloc(this);
        _pad = element.GetStaticPad(pad)!;
        _probe = AddProbe(_pad, EventDownstream, &OnEvent, GCHandle.ToIntPtr(_self), 0);
    }

    public int Gaps => Volatile.Read(ref _gaps);

    public int Segments => Volatile.Read(ref _segments);

    public void Dispose()
    {
        RemoveProbe(_pad, _probe);
        _pad.Dispose();
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnEvent(nint pad, nint info, nint data)
    {
        var watch = (EventWatch)GCHandle.FromIntPtr(data).Target!;
        // GstPadProbeInfo: type and id, then the event, whose type stands behind its GstMiniObject.
        var type = *(EventType*)(*(nint*)(info + 16) + 64);
        if (type == EventType.Gap)
            Interlocked.Increment(ref watch._gaps);
        if (type == EventType.Segment)
            Interlocked.Increment(ref watch._segments);
        const int ok = 1;
        return ok;
    }

    [LibraryImport("libgstreamer-1.0.so.0", EntryPoint = "gst_pad_add_probe")]
    private static partial nuint AddProbe(Pad pad, int mask, delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint data, nint destroy);
    [LibraryImport("libgstreamer-1.0.so.0", EntryPoint = "gst_pad_remove_probe")]
    private static partial void RemoveProbe(Pad pad, nuint id);
}
