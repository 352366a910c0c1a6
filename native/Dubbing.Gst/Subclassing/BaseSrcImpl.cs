using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>The behaviour of a <c>GstBaseSrc</c> that is written in C#.</summary>
public abstract unsafe partial class BaseSrcImpl : BaseElementImpl
{
    /// <summary>Makes the caps that downstream allows into one format. Return a new object; <paramref name="caps"/> is borrowed.</summary>
    protected abstract Caps Fixate(Caps caps);

    /// <summary>Every wait in <see cref="Create"/> must end at once, with <see cref="FlowReturn.Flushing"/>.</summary>
    protected abstract void Unlock();

    /// <summary>Waiting is allowed again.</summary>
    protected abstract void UnlockStop();

    /// <summary>An event that the application sent to the element, borrowed.</summary>
    /// <returns>True if it has been handled; else the base class does what it does.</returns>
    protected virtual bool OnSendEvent(Event @event) => false;

    /// <summary>Makes the next buffer; may wait.</summary>
    /// <param name="buffer">The buffer, when OK is returned.</param>
    protected abstract FlowReturn Create(out Buffer? buffer);

    /// <summary>Makes the source live, with timestamps in <see cref="Format.Time"/> that are its own.</summary>
    protected void SetLive()
    {
        SetLive(Native, 1);
        SetFormat(Native, Format.Time);
        SetDoTimestamp(Native, 0);
    }

    /// <summary>Registers an element class made of <typeparamref name="T"/>.</summary>
    public static GLib.GType Register<T>(ElementDescription description) where T : BaseSrcImpl, new() =>
        ElementClass.Register(description, new GLib.GType(BaseSrcType()), NativeClass.Size, static () => new T(), Fill);

    private static void Fill(nint nativeClass)
    {
        var c = (NativeClass*)nativeClass;
        c->Fixate = &NativeFixate;
        c->SetCaps = &NativeSetCaps;
        c->Start = &NativeStart;
        c->Stop = &NativeStop;
        c->IsSeekable = &NativeIsSeekable;
        c->Unlock = &NativeUnlock;
        c->UnlockStop = &NativeUnlockStop;
        c->Query = &NativeQuery;
        c->Create = &NativeCreate;
        ((NativeElementClass*)nativeClass)->SendEvent = &NativeSendEvent;
    }

    private protected sealed override int QueryParent(nint query) => ((NativeClass*)ParentClass)->Query(Native, query);

    private static BaseSrcImpl Self(nint instance) => (BaseSrcImpl)ElementClass.ImplOf(instance);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NativeIsSeekable(nint instance) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint NativeFixate(nint instance, nint caps)
    {
        var self = Self(instance);
        // The callee owns the caps and gives back caps that the caller owns.
        using var owned = new Caps(caps, true);
        try
        {
            return self.Fixate(owned).Release();
        }
        catch (Exception failure)
        {
            self.PostFailure(failure);
            return MiniObject.Ref(caps);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NativeUnlock(nint instance)
    {
        var self = Self(instance);
        try { self.Unlock(); return 1; }
        catch (Exception failure) { self.PostFailure(failure); return 0; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NativeUnlockStop(nint instance)
    {
        var self = Self(instance);
        try { self.UnlockStop(); return 1; }
        catch (Exception failure) { self.PostFailure(failure); return 0; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NativeSendEvent(nint instance, nint @event)
    {
        var self = Self(instance);
        try
        {
            using var borrowed = new Event(@event, false);
            if (self.OnSendEvent(borrowed))
            {
                MiniObject.Unref(@event);
                return 1;
            }
        }
        catch (Exception failure) { self.PostFailure(failure); }
        return ((NativeElementClass*)self.ParentClass)->SendEvent(instance, @event);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static FlowReturn NativeCreate(nint instance, ulong offset, uint size, nint* buffer)
    {
        var self = Self(instance);
        try
        {
            var flow = self.Create(out var made);
            if (made != null)
            {
                if (flow == FlowReturn.Ok)
                    *buffer = made.Release();
                made.Dispose();
            }
            return flow;
        }
        catch (Exception failure) { self.PostFailure(failure); return FlowReturn.Error; }
    }

    /// <summary>Offsets of <c>GstBaseSrcClass</c>, GStreamer 1.x's stable 64-bit ABI.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Size)]
    private struct NativeClass
    {
        public const int Size = 800;

        [FieldOffset(504)] public delegate* unmanaged[Cdecl]<nint, nint, nint> Fixate;
        [FieldOffset(512)] public delegate* unmanaged[Cdecl]<nint, nint, int> SetCaps;
        [FieldOffset(528)] public delegate* unmanaged[Cdecl]<nint, int> Start;
        [FieldOffset(536)] public delegate* unmanaged[Cdecl]<nint, int> Stop;
        [FieldOffset(560)] public delegate* unmanaged[Cdecl]<nint, int> IsSeekable;
        [FieldOffset(584)] public delegate* unmanaged[Cdecl]<nint, int> Unlock;
        [FieldOffset(592)] public delegate* unmanaged[Cdecl]<nint, int> UnlockStop;
        [FieldOffset(600)] public delegate* unmanaged[Cdecl]<nint, nint, int> Query;
        [FieldOffset(616)] public delegate* unmanaged[Cdecl]<nint, ulong, uint, nint*, FlowReturn> Create;
    }

    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_src_get_type")]
    private static partial nuint BaseSrcType();
    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_src_set_live")]
    private static partial void SetLive(nint source, int live);
    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_src_set_format")]
    private static partial void SetFormat(nint source, Format format);
    [LibraryImport(Libraries.Base, EntryPoint = "gst_base_src_set_do_timestamp")]
    private static partial void SetDoTimestamp(nint source, int timestamp);
}
