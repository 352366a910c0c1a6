using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstElementFactory</c>.</summary>
public sealed partial class ElementFactory : Object
{
    /// <summary>For the marshaller.</summary>
    public ElementFactory() { }

    /// <summary>Whether an element of that name can be made.</summary>
    public static bool Exists(string name)
    {
        using var factory = Find(name);
        return !factory.IsInvalid;
    }

    /// <summary>Makes an element.</summary>
    /// <param name="factory">The factory's name.</param>
    /// <param name="name">The element's name; null for a generated one.</param>
    /// <exception cref="InvalidOperationException">There is no such factory, or it failed.</exception>
    public static Element Make(string factory, string? name = null)
    {
        var native = MakeNative(factory, name);
        return native == 0
            ? throw new InvalidOperationException($"no element '{factory}': is its plugin installed?")
            : new Element(Object.RefSink(native));
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_factory_find", StringMarshalling = StringMarshalling.Utf8)]
    private static partial ElementFactory Find(string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_factory_make", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint MakeNative(string factory, string? name);
}
