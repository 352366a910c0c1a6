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

    /// <summary>One fixed format out of these caps: the first structure, each named field as near as it can be to its value, the
    /// others as GStreamer chooses.</summary>
    /// <returns>New caps.</returns>
    public Caps Fixate(params (string Field, int Value)[] preferences)
    {
        var caps = Truncate(Copy(this));
        var structure = GetStructure(caps, 0);
        foreach (var (field, value) in preferences)
            _ = FixateNearest(structure, field, value);
        return new Caps(Fixate(caps), true);
    }

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
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_get_structure")]
    private static partial nint GetStructure(nint caps, uint index);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_copy")]
    private static partial nint Copy(Caps caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_truncate")]
    private static partial nint Truncate(nint caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_fixate")]
    private static partial nint Fixate(nint caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_fixate_field_nearest_int", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FixateNearest(nint structure, string field, int target);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_is_fixed")]
    private static partial int GetIsFixed(Caps caps);
}
