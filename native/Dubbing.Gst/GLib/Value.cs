using System.Runtime.InteropServices;
using Gst;

namespace GLib;

/// <summary>A <c>GValue</c>: one value with its type. Owned by whoever created it; dispose it.</summary>
public partial struct Value : IDisposable
{
    private GType _type;
    private long _data0;
    private long _data1;

    /// <summary>An initialised, empty value of that type.</summary>
    public Value(GType type)
    {
        this = default;
        Init(ref this, type.Value);
    }

    /// <summary>The type of what is held.</summary>
    public readonly GType Type => _type;

    /// <summary>The value as a plain .NET value: bool, int, uint, long, ulong, double, string, or an enumeration's nick;
    /// null for anything else and for a null string.</summary>
    public object? Get()
    {
        var fundamental = _type.Fundamental;
        if (fundamental == GType.Boolean) return GetBoolean(ref this) != 0;
        if (fundamental == GType.Int) return GetInt(ref this);
        if (fundamental == GType.UInt) return GetUInt(ref this);
        if (fundamental == GType.Int64) return GetInt64(ref this);
        if (fundamental == GType.UInt64) return GetUInt64(ref this);
        if (fundamental == GType.Double) return GetDouble(ref this);
        if (fundamental == GType.String) return Memory.PtrToString(GetString(ref this));
        if (fundamental == GType.Enum) return EnumType.NickOf(_type, GetEnum(ref this));
        return null;
    }

    /// <summary>Sets what is held.</summary>
    /// <param name="value">A value of the held type; an enumeration takes its number.</param>
    /// <exception cref="ArgumentException">The held type can't take such a value.</exception>
    public void Set(object? value)
    {
        var fundamental = _type.Fundamental;
        switch (value)
        {
            case bool v when fundamental == GType.Boolean: SetBoolean(ref this, v ? 1 : 0); break;
            case int v when fundamental == GType.Int: SetInt(ref this, v); break;
            case uint v when fundamental == GType.UInt: SetUInt(ref this, v); break;
            case long v when fundamental == GType.Int64: SetInt64(ref this, v); break;
            case ulong v when fundamental == GType.UInt64: SetUInt64(ref this, v); break;
            case double v when fundamental == GType.Double: SetDouble(ref this, v); break;
            case int v when fundamental == GType.Enum: SetEnum(ref this, v); break;
            case string or null when fundamental == GType.String: SetString(ref this, (string?)value); break;
            default:
                throw new ArgumentException($"a GValue of type {_type.Name} can't hold {value ?? "null"}", nameof(value));
        }
    }

    /// <summary>Hands a boxed or object pointer in; the value takes its own copy or reference.</summary>
    internal void SetBoxed(nint boxed) => SetBoxed(ref this, boxed);

    /// <summary>The boxed pointer held (borrowed).</summary>
    internal nint GetBoxed() => GetBoxed(ref this);

    /// <summary>The object pointer held (borrowed).</summary>
    internal nint GetObject() => GetObject(ref this);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_type.Value != 0)
            Unset(ref this);
    }

    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_init")]
    private static partial nint Init(ref Value value, nuint type);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_unset")]
    private static partial void Unset(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_boolean")]
    private static partial int GetBoolean(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_int")]
    private static partial int GetInt(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_uint")]
    private static partial uint GetUInt(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_int64")]
    private static partial long GetInt64(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_uint64")]
    private static partial ulong GetUInt64(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_double")]
    private static partial double GetDouble(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_string")]
    private static partial nint GetString(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_enum")]
    private static partial int GetEnum(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_boxed")]
    private static partial nint GetBoxed(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_get_object")]
    private static partial nint GetObject(ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_boolean")]
    private static partial void SetBoolean(ref Value value, int v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_int")]
    private static partial void SetInt(ref Value value, int v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_uint")]
    private static partial void SetUInt(ref Value value, uint v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_int64")]
    private static partial void SetInt64(ref Value value, long v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_uint64")]
    private static partial void SetUInt64(ref Value value, ulong v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_double")]
    private static partial void SetDouble(ref Value value, double v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_enum")]
    private static partial void SetEnum(ref Value value, int v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_boxed")]
    private static partial void SetBoxed(ref Value value, nint v);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_value_set_string", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetString(ref Value value, string? v);
}
