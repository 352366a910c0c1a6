using System.Runtime.InteropServices;
using GLib;

namespace Gst;

/// <summary>The elements of a bin, by what they are. Each is the caller's to dispose; elements that come or go meanwhile may
/// be missing.</summary>
public static partial class BinElements
{
    private const int IteratorOk = 1;

    /// <summary>The sources.</summary>
    public static IReadOnlyList<Element> Sources(Bin bin) => All(IterateSources(bin));

    /// <summary>The sinks.</summary>
    public static IReadOnlyList<Element> Sinks(Bin bin) => All(IterateSinks(bin));

    private static List<Element> All(nint iterator)
    {
        var elements = new List<Element>();
        var value = default(Value);
        while (Next(iterator, ref value) == IteratorOk)
        {
            elements.Add(new Element(GLib.Object.Ref(value.GetObject())));
            value.Dispose();
            value = default;
        }

        FreeIterator(iterator);
        return elements;
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bin_iterate_sinks")]
    private static partial nint IterateSinks(Bin bin);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bin_iterate_sources")]
    private static partial nint IterateSources(Bin bin);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_iterator_next")]
    private static partial int Next(nint iterator, ref Value value);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_iterator_free")]
    private static partial void FreeIterator(nint iterator);
}
