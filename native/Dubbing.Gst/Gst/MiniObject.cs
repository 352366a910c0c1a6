using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gst;

/// <summary>One reference to a <c>GstMiniObject</c> (buffer, event, caps, …), given back on dispose or when collected.</summary>
public abstract partial class MiniObject : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>For the marshaller: receives a reference that the caller owns.</summary>
    protected MiniObject() : base(ownsHandle: true) { }

    /// <summary>Wraps a pointer.</summary>
    /// <param name="native">The object.</param>
    /// <param name="owned">The reference is this wrapper's to give back; else the wrapper only borrows it.</param>
    protected MiniObject(nint native, bool owned) : base(owned) => SetHandle(native);

    /// <summary>The native pointer, valid while this handle is.</summary>
    public nint Handle => handle;

    /// <summary>Gives the reference to native code: the wrapper is empty afterwards.</summary>
    internal nint Release()
    {
        var native = handle;
        SetHandleAsInvalid();
        return native;
    }

    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        Unref(handle);
        return true;
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_mini_object_ref")]
    internal static partial nint Ref(nint native);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_mini_object_unref")]
    internal static partial void Unref(nint native);
}
