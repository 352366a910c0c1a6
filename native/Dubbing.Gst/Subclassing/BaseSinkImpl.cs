using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>The behaviour of a <c>GstBaseSink</c> that is written in C#.</summary>
public abstract unsafe partial class BaseSinkImpl : BaseElementImpl
{
    /// <summary>A buffer, borrowed. It must not block: not under <c>sync=false</c> either.</summary>
    protected abstract FlowReturn Render(Buffer buffer);

    /// <summary>An event, borrowed; the base class handles it afterwards unless this returns false.</summary>
    protected virtual bool OnEvent(Event @event) => true;

    /// <summary>Asks what is upstream of the sink pad.</summary>
    protected bool PeerQuery(Query query)
    {
        var pad = GetStaticPad(Native, "sink");
        var answered = PeerQuery(pad, query) != 0;
        GLib.Object.Unref(pad);
        return answered;
    }

    /// <summary>Sets <c>sync</c> and <c>async</c> of the base class.</summary>
    protected void SetSync(bool sync, bool async)
    {
        SetSync(Native, sync ? 1 : 0);
        SetAsync(Native, async ? 1 : 0);
    }

    /// <summary>Lets data pass in PAUSED, from now to the next READY; for an element that is in PAUSED.</summary>
    protected void SkipPreroll()
    {
        var sink = (NativeInstance*)Native;
        LockMutex(&sink->PrerollLock);
        sink->NeedPreroll = 0;
        // What came in the meantime waits already.
        SignalCondition(&sink->PrerollCondition);
        UnlockMutex(&sink->PrerollLock);
    }

    /// <summary>Whether <c>sync</c> is set.</summary>
    protected bool IsSync => GetSync(Native) != 0;

    /// <summary>Registers an element class made of <typeparamref name="T"/>.</summary>
    public static GLib.GType Register<T>(ElementDescription description) where T : BaseSinkImpl, new() =>
        ElementClass.Register(description, new GLib.GType(BaseSinkType()), NativeClass.Size, static () => new T(), Fill);

    private static void Fill(nint nativeClass)
    {
        var c = (NativeClass*)nativeClass;
        c->SetCaps = &NativeSetCaps;
        c->Start = &NativeStart;
        c->Stop = &NativeStop;
        c->Query = &NativeQuery;
        c->Event = &NativeEvent;
        c->Render = &NativeRender;
    }

    private protected sealed override int QueryParent(nint query) => ((NativeClass*)ParentClass)->Query(Native, query);

    private static BaseSinkImpl Self(nint instance) => (BaseSinkImpl)ElementClass.ImplOf(instance);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NativeEvent(nint instance, nint @event)
    {
        var self = Self(instance);
        try
        {
            using var borrowed = new Event(@event, false);
            if (!self.OnEvent(borrowed))
            {
                MiniObject.Unref(@event);
                return 0;
            }
        }
        catch (Exception failure) { self.PostFailure(failure); }
        return ((NativeClass*)self.ParentClass)->Event(instance, @event);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static FlowReturn NativeRender(nint instance, nint buffer)
    {
        var self = Self(instance);
        try
        {
            using var borrowed = new Buffer(buffer, false);
            return self.Render(borrowed);
        }
        catch (Exception failure) { self.PostFailure(failure); return FlowReturn.Error; }
    }

    /// <summary>Offsets of <c>GstBaseSink</c>'s public fields, GStreamer 1.x's stable 64-bit ABI.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct NativeInstance
    {
        [FieldOffset(296)] public nint PrerollLock;
        [FieldOffset(304)] public nint PrerollCondition;
        [FieldOffset(324)] public int NeedPreroll;
    }

    /// <summary>Offsets of <c>GstBaseSinkClass</c>, GStreamer 1.x's stable 64-bit ABI.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Size)]
    private struct NativeClass
    {
        public const int Size = 792;

        [FieldOffset(496)] public delegate* unmanaged[Cdecl]<nint, nint, int> SetCaps;
        [FieldOffset(536)] public delegate* unmanaged[Cdecl]<nint, int> Start;
        [FieldOffset(544)] public delegate* unmanaged[Cdecl]<nint, int> Stop;
        [FieldOffset(568)] public delegate* unmanaged[Cdecl]<nint, nint, int> Query;
        [FieldOffset(576)] public delegate* unmanaged[Cdecl]<nint, nint, int> Event;
        [FieldOffset(616)] public delegate* unmanaged[Cdecl]<nint, nint, FlowReturn> Render;
    }

    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_sink_get_type")]
    private static partial nuint BaseSinkType();
    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_sink_set_sync")]
    private static partial void SetSync(nint sink, int sync);
    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_sink_get_sync")]
    private static partial int GetSync(nint sink);
    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_sink_set_async_enabled")]
    private static partial void SetAsync(nint sink, int async);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_static_pad", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetStaticPad(nint element, string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_peer_query")]
    private static partial int PeerQuery(nint pad, Query query);
    [LibraryImport(Libraries.GLib, EntryPoint = "g_mutex_lock")]
    private static partial void LockMutex(nint* mutex);
    [LibraryImport(Libraries.GLib, EntryPoint = "g_mutex_unlock")]
    private static partial void UnlockMutex(nint* mutex);
    [LibraryImport(Libraries.GLib, EntryPoint = "g_cond_broadcast")]
    private static partial void SignalCondition(nint* condition);
}
