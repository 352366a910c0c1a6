using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>Kinds of element errors: GStreamer's domain and code.</summary>
public enum ElementError
{
    /// <summary><c>GST_LIBRARY_ERROR_FAILED</c>: a fault of the element itself.</summary>
    Failed,
    /// <summary><c>GST_RESOURCE_ERROR_SETTINGS</c>: a property is missing or wrong.</summary>
    Settings,
    /// <summary><c>GST_RESOURCE_ERROR_NOT_FOUND</c>.</summary>
    NotFound,
    /// <summary><c>GST_RESOURCE_ERROR_READ</c>.</summary>
    Read,
    /// <summary><c>GST_RESOURCE_ERROR_WRITE</c>.</summary>
    Write,
    /// <summary><c>GST_STREAM_ERROR_FORMAT</c>: the data is not what was expected.</summary>
    Format,
    /// <summary><c>GST_STREAM_ERROR_WRONG_TYPE</c>: a track is missing or of a wrong type.</summary>
    WrongType,
    /// <summary><c>GST_STREAM_ERROR_DECODE</c>.</summary>
    Decode,
}

internal static partial class ElementErrorExtensions
{
    /// <summary>Posts an error or a warning from any element.</summary>
    public static void Post(this ElementError error, nint element, MessageType type, string text, string? debug) =>
        MessageFull(element, (uint)type, error.Domain(), error.Code(), GLib.Memory.Duplicate(text),
            debug == null ? 0 : GLib.Memory.Duplicate(debug), "", "", 0);

    /// <summary>Posts what an exception becomes at the border to native code.</summary>
    public static void PostFailure(nint element, Exception failure) =>
        ElementError.Failed.Post(element, MessageType.Error, $"internal error: {failure.Message}", failure.ToString());

    private static uint Domain(this ElementError error) => error switch
    {
        ElementError.Failed => LibraryQuark(),
        ElementError.Settings or ElementError.NotFound or ElementError.Read or ElementError.Write => ResourceQuark(),
        _ => StreamQuark(),
    };

    private static int Code(this ElementError error) => error switch
    {
        ElementError.Failed => 1,
        ElementError.Settings => 13,
        ElementError.NotFound => 3,
        ElementError.Read => 9,
        ElementError.Write => 10,
        ElementError.Format => 11,
        ElementError.WrongType => 5,
        ElementError.Decode => 7,
        _ => 1,
    };

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_message_full", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void MessageFull(
        nint element, uint type, uint domain, int code, nint text, nint debug, string file, string function, int line);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_library_error_quark")]
    private static partial uint LibraryQuark();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_resource_error_quark")]
    private static partial uint ResourceQuark();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_stream_error_quark")]
    private static partial uint StreamQuark();
}
