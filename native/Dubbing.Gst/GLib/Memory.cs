using System.Runtime.InteropServices;
using Gst;

namespace GLib;

/// <summary>Strings and blocks that GLib allocated and the caller owns.</summary>
public static partial class Memory
{
    /// <summary>Copies a string that the callee keeps (<c>transfer none</c>).</summary>
    /// <returns>The string, or null for a null pointer.</returns>
    public static string? PtrToString(nint utf8) => Marshal.PtrToStringUTF8(utf8);

    /// <summary>Copies a string that the caller owns (<c>transfer full</c>) and frees it.</summary>
    /// <returns>The string, or null for a null pointer.</returns>
    public static string? TakeString(nint utf8)
    {
        var text = Marshal.PtrToStringUTF8(utf8);
        Free(utf8);
        return text;
    }

    [LibraryImport(Libraries.GLib, EntryPoint = "g_free")]
    internal static partial void Free(nint memory);

    /// <summary>A copy in GLib's memory, for what GLib keeps for ever (type and property texts) or frees itself.</summary>
    [LibraryImport(Libraries.GLib, EntryPoint = "g_strdup", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Duplicate(string? text);
}
