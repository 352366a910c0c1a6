using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>A pad template of an element class.</summary>
/// <param name="Name">The template's name, e.g. <c>sink</c> or <c>src_%u</c>.</param>
/// <param name="Direction">Which way data flows.</param>
/// <param name="Presence">When the pad is there.</param>
/// <param name="Caps">What the pad can carry, in caps' string form.</param>
public sealed partial record PadTemplateSpec(string Name, PadDirection Direction, PadPresence Presence, string Caps)
{
    internal void AddTo(nint elementClass)
    {
        using var caps = Gst.Caps.FromString(Caps);
        AddPadTemplate(elementClass, New(Name, Direction, Presence, caps));
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_template_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint New(string name, PadDirection direction, PadPresence presence, Caps caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_class_add_pad_template")]
    private static partial void AddPadTemplate(nint elementClass, nint template);
}
