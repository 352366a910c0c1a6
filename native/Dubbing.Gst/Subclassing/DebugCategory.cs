using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>A GStreamer debug category: what <c>GST_DEBUG=name:level</c> selects. Any thread.</summary>
public sealed unsafe partial class DebugCategory
{
    private readonly nint _native;

    /// <summary>Creates the category, or takes the one of that name.</summary>
    public DebugCategory(string name, string description)
    {
        // GStreamer keeps the category and its texts for ever.
        _native = New(GLib.Memory.Duplicate(name), 0, GLib.Memory.Duplicate(description));
    }

    /// <summary>Where the binding itself logs.</summary>
    internal static DebugCategory Default { get; } = new("dubbing", "Elements written in C#");

    /// <summary>Logs at ERROR.</summary>
    public void Error(string text, nint source = 0) => Log(1, text, source);

    /// <summary>Logs at WARNING.</summary>
    public void Warning(string text, nint source = 0) => Log(2, text, source);

    /// <summary>Logs at INFO.</summary>
    public void Info(string text, nint source = 0) => Log(4, text, source);

    /// <summary>Logs at DEBUG; build the text only if <see cref="IsDebugEnabled"/>.</summary>
    public void Debug(string text, nint source = 0) => Log(5, text, source);

    /// <summary>Whether DEBUG is wanted.</summary>
    public bool IsDebugEnabled => GetThreshold(_native) >= 5;

    private void Log(int level, string text, nint source)
    {
        if (GetThreshold(_native) >= level)
            LogLiteral(_native, level, "", "", 0, source, text);
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "_gst_debug_category_new")]
    private static partial nint New(nint name, uint color, nint description);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_debug_category_get_threshold")]
    private static partial int GetThreshold(nint category);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_debug_log_literal", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void LogLiteral(nint category, int level, string file, string function, int line, nint instance, string text);
}
