using System.Runtime.InteropServices;

namespace Gst;

/// <summary><c>GstCaps</c>: a set of media formats.</summary>
public sealed partial class Caps : MiniObject
{
    /// <summary>For the marshaller.</summary>
    public Caps() { }

    internal Caps(nint native, bool owned) : base(native, owned) { }

    /// <summary>Parses the string form, e.g. <c>audio/x-raw,rate=48000</c>.</summary>
    /// <exception cref="ArgumentException">The text is no caps.</exception>
    public static Caps FromString(string text)
    {
        var caps = Parse(text);
        return caps.IsInvalid ? throw new ArgumentException($"'{text}' is not valid caps", nameof(text)) : caps;
    }

    /// <summary>Number of structures.</summary>
    public int Size => (int)GetSize(this);

    /// <summary>The structure at <paramref name="index"/>, borrowed: valid while the caps are.</summary>
    public Structure this[int index] => new(GetStructure(this, (uint)index), false);

    /// <summary>Whether exactly one format is described.</summary>
    public bool IsFixed => GetIsFixed(this) != 0;

    /// <inheritdoc />
    public override string ToString() => IsInvalid ? "" : GLib.Memory.TakeString(ToNativeString(this)) ?? "";

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_from_string", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Caps Parse(string text);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_to_string")]
    private static partial nint ToNativeString(Caps caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_get_size")]
    private static partial uint GetSize(Caps caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_get_structure")]
    private static partial nint GetStructure(Caps caps, uint index);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_is_fixed")]
    private static partial int GetIsFixed(Caps caps);
}
