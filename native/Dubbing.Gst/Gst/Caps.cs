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

    /// <summary>One fixed format out of these caps: the first structure that can have all the values, else the first one with each
    /// field as near as it can be to its value; the other fields as GStreamer chooses.</summary>
    /// <remarks>An encoder may offer mono and stereo as two structures, so the first alone would not do.</remarks>
    /// <returns>New caps.</returns>
    public Caps Fixate(params (string Field, int Value)[] preferences)
    {
        Caps? nearest = null;
        for (uint i = 0; i < Size; i++)
        {
            var (candidate, exact) = FixateAt(i, preferences);
            if (exact)
            {
                nearest?.Dispose();
                return candidate;
            }
            if (nearest == null)
                nearest = candidate;
            else
                candidate.Dispose();
        }
        return nearest ?? throw new InvalidOperationException("empty caps can't be fixated");
    }

    private (Caps Caps, bool Exact) FixateAt(uint index, (string Field, int Value)[] preferences)
    {
        var caps = CopyNth(this, index);
        var structure = GetStructure(caps, 0);
        var exact = true;
        foreach (var (field, value) in preferences)
        {
            if (HasField(structure, field) != 0)
                _ = FixateNearest(structure, field, value);
            exact &= GetInt(structure, field, out var chosen) != 0 && chosen == value;
        }
        return (new Caps(Fixate(caps), true), exact);
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
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_copy_nth")]
    private static partial nint CopyNth(Caps caps, uint index);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_fixate")]
    private static partial nint Fixate(nint caps);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_fixate_field_nearest_int", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FixateNearest(nint structure, string field, int target);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_has_field", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HasField(nint structure, string field);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_get_int", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetInt(nint structure, string field, out int value);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_caps_is_fixed")]
    private static partial int GetIsFixed(Caps caps);
}
