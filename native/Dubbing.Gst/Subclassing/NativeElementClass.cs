using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>The virtual methods of <c>GstElementClass</c> that are used, at the offsets of GStreamer 1.x's stable 64-bit ABI.</summary>
[StructLayout(LayoutKind.Explicit, Size = ClassSize)]
internal unsafe struct NativeElementClass
{
    public const int ClassSize = 488;

    [FieldOffset(272)] public delegate* unmanaged[Cdecl]<nint, StateChange, StateChangeReturn> ChangeState;
    [FieldOffset(312)] public delegate* unmanaged[Cdecl]<nint, nint, int> SendEvent;
}
