using System.Runtime.InteropServices;
using GLib;

namespace Gst;

/// <summary>A <c>GstObject</c>: an object with a name and a parent.</summary>
public partial class Object : GLib.Object
{
    /// <summary>For the marshaller.</summary>
    public Object() { }

    /// <summary>Takes over a reference.</summary>
    internal Object(nint owned) : base(owned) { }

    /// <summary>The object's name.</summary>
    public string Name => Memory.TakeString(GetName(handle)) ?? "";

    /// <summary>The name of a borrowed object; empty for null.</summary>
    internal static string NameOf(nint native) => native == 0 ? "" : Memory.TakeString(GetName(native)) ?? "";

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_object_get_name")]
    private static partial nint GetName(nint instance);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_object_ref_sink")]
    internal static partial nint RefSink(nint instance);
}
