using System.Runtime.InteropServices;
using GLib;

namespace Gst;

/// <summary>A <c>GstBin</c>: an element that holds elements.</summary>
public partial class Bin : Element
{
    /// <summary>For the marshaller.</summary>
    public Bin() { }

    internal Bin(nint owned) : base(owned) { }

    /// <summary>The element of that name in this bin or in a bin inside it.</summary>
    public Element? GetByName(string name)
    {
        var element = GetByName(this, name);
        return element.IsInvalid ? null : element;
    }

    /// <summary>Adds an element.</summary>
    public bool Add(Element element) => Add(this, element) != 0;

    /// <summary>Asks all elements for their latency anew and configures the sinks with it.</summary>
    public bool RecalculateLatency() => RecalculateLatency(this) != 0;

    /// <summary>The graph in Graphviz dot.</summary>
    public string DebugToDot() => Memory.TakeString(DebugToDot(this, 15)) ?? "";

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bin_get_by_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Element GetByName(Bin bin, string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bin_add")]
    private static partial int Add(Bin bin, Element element);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bin_recalculate_latency")]
    private static partial int RecalculateLatency(Bin bin);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_debug_bin_to_dot_data")]
    private static partial nint DebugToDot(Bin bin, int details);
}
