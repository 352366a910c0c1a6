using System.Runtime.InteropServices;

namespace Gst.App;

/// <summary>What can be done with an <c>appsrc</c> element.</summary>
public static partial class AppSrc
{
    /// <summary>Pushes a buffer into an <c>appsrc</c>; takes the buffer over.</summary>
    public static FlowReturn PushBuffer(Element appsrc, Buffer buffer) => PushBuffer(appsrc, buffer.Release());

    /// <summary>Ends the stream of an <c>appsrc</c>.</summary>
    public static FlowReturn EndOfStream(Element appsrc) => End(appsrc);

    /// <summary>Sets the caps of what will be pushed.</summary>
    public static void SetCaps(Element appsrc, Caps caps) => SetNativeCaps(appsrc, caps);

    [LibraryImport(Libraries.App, EntryPoint = "gst_app_src_push_buffer")]
    private static partial FlowReturn PushBuffer(Element appsrc, nint buffer);
    [LibraryImport(Libraries.App, EntryPoint = "gst_app_src_end_of_stream")]
    private static partial FlowReturn End(Element appsrc);
    [LibraryImport(Libraries.App, EntryPoint = "gst_app_src_set_caps")]
    private static partial void SetNativeCaps(Element appsrc, Caps caps);
}
