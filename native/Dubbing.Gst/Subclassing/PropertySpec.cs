using System.Runtime.InteropServices;
using GLib;

namespace Gst.Subclassing;

/// <summary>A property of an element class: its documentation, range, default, and how it is read and set.</summary>
/// <remarks>Getters and setters run on whatever thread reads or sets the property.</remarks>
public sealed partial class PropertySpec
{
    private readonly Func<nint> _createSpec;

    private PropertySpec(string name, Func<nint> createSpec, Func<ElementImpl, object?> get, Action<ElementImpl, object?>? set)
    {
        Name = name;
        _createSpec = createSpec;
        Get = get;
        Set = set;
    }

    /// <summary>The property's name, in kebab-case.</summary>
    public string Name { get; }

    internal Func<ElementImpl, object?> Get { get; }

    internal Action<ElementImpl, object?>? Set { get; }

    // GLib keeps the spec for as long as the class lives, and copies its texts.
    internal nint CreateSpec() => _createSpec();

    /// <summary>A string.</summary>
    public static PropertySpec String<T>(string name, string nick, string blurb, string? defaultValue, PropertyFlags flags,
        Func<T, string?> get, Action<T, string?>? set) where T : ElementImpl =>
        new(name, () => NewString(name, nick, blurb, defaultValue, (uint)flags), e => get((T)e),
            set == null ? null : (e, v) => set((T)e, (string?)v));

    /// <summary>A boolean.</summary>
    public static PropertySpec Boolean<T>(string name, string nick, string blurb, bool defaultValue, PropertyFlags flags,
        Func<T, bool> get, Action<T, bool>? set) where T : ElementImpl =>
        new(name, () => NewBoolean(name, nick, blurb, defaultValue ? 1 : 0, (uint)flags), e => get((T)e),
            set == null ? null : (e, v) => set((T)e, (bool)v!));

    /// <summary>An unsigned 32-bit number.</summary>
    public static PropertySpec UInt<T>(string name, string nick, string blurb, uint min, uint max, uint defaultValue,
        PropertyFlags flags, Func<T, uint> get, Action<T, uint>? set) where T : ElementImpl =>
        new(name, () => NewUInt(name, nick, blurb, min, max, defaultValue, (uint)flags), e => get((T)e),
            set == null ? null : (e, v) => set((T)e, (uint)v!));

    /// <summary>An unsigned 64-bit number.</summary>
    public static PropertySpec UInt64<T>(string name, string nick, string blurb, ulong min, ulong max, ulong defaultValue,
        PropertyFlags flags, Func<T, ulong> get, Action<T, ulong>? set) where T : ElementImpl =>
        new(name, () => NewUInt64(name, nick, blurb, min, max, defaultValue, (uint)flags), e => get((T)e),
            set == null ? null : (e, v) => set((T)e, (ulong)v!));

    /// <summary>A floating-point number.</summary>
    public static PropertySpec Double<T>(string name, string nick, string blurb, double min, double max, double defaultValue,
        PropertyFlags flags, Func<T, double> get, Action<T, double>? set) where T : ElementImpl =>
        new(name, () => NewDouble(name, nick, blurb, min, max, defaultValue, (uint)flags), e => get((T)e),
            set == null ? null : (e, v) => set((T)e, (double)v!));

    /// <summary>An enumeration whose values are those of <typeparamref name="TEnum"/>, counted from 0.</summary>
    /// <param name="name">The property's name.</param>
    /// <param name="nick">Short name for people.</param>
    /// <param name="blurb">What it means.</param>
    /// <param name="typeName">Name of the GObject type, e.g. <c>GstStsFallback</c>.</param>
    /// <param name="values">Description and nick of each value, in order.</param>
    /// <param name="defaultValue">The default.</param>
    /// <param name="flags">When it may be set.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Sets it; null if it can't be.</param>
    public static PropertySpec Enum<T, TEnum>(string name, string nick, string blurb, string typeName,
        (string Name, string Nick)[] values, TEnum defaultValue, PropertyFlags flags, Func<T, TEnum> get, Action<T, TEnum>? set)
        where T : ElementImpl where TEnum : struct, Enum =>
        new(name,
            () => NewEnum(name, nick, blurb, EnumType.Register(typeName, values).Value, Convert.ToInt32(defaultValue, null), (uint)flags),
            e => Convert.ToInt32(get((T)e), null),
            set == null ? null : (e, v) => set((T)e, (TEnum)System.Enum.ToObject(typeof(TEnum), (int)v!)));

    /// <summary>A read-only structure; the getter makes a new one each time.</summary>
    public static PropertySpec Structure<T>(string name, string nick, string blurb, Func<T, Structure> get) where T : ElementImpl =>
        new(name, () => NewBoxed(name, nick, blurb, StructureType(), (uint)PropertyFlags.Readable), e => get((T)e), null);

    [LibraryImport(Libraries.GObject, EntryPoint = "g_param_spec_string", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewString(string name, string nick, string blurb, string? defaultValue, uint flags);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_param_spec_boolean", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewBoolean(string name, string nick, string blurb, int defaultValue, uint flags);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_param_spec_uint", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewUInt(string name, string nick, string blurb, uint min, uint max, uint defaultValue, uint flags);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_param_spec_uint64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewUInt64(string name, string nick, string blurb, ulong min, ulong max, ulong defaultValue, uint flags);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_param_spec_double", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewDouble(string name, string nick, string blurb, double min, double max, double defaultValue, uint flags);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_param_spec_enum", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewEnum(string name, string nick, string blurb, nuint type, int defaultValue, uint flags);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_param_spec_boxed", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewBoxed(string name, string nick, string blurb, nuint type, uint flags);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_get_type")]
    private static partial nuint StructureType();
}
