using System.Runtime.InteropServices;
using Gst;

namespace GLib;

/// <summary>Enumerations of GObject's type system.</summary>
public static unsafe partial class EnumType
{
    /// <summary>Registers an enumeration whose values are 0, 1, 2 … in the order given. Once per name and process.</summary>
    /// <param name="name">The type's name, e.g. <c>GstStsFallback</c>.</param>
    /// <param name="values">Name, as shown to people, and nick of each value.</param>
    public static GType Register(string name, params (string Name, string Nick)[] values)
    {
        var existing = GType.FromName(name);
        if (existing.Value != 0)
            return existing;
        // GLib keeps the array for as long as the process lives.
        var native = (NativeValue*)NativeMemory.AllocZeroed((nuint)values.Length + 1, (nuint)sizeof(NativeValue));
        for (var i = 0; i < values.Length; i++)
        {
            native[i] = new NativeValue
            {
                Value = i,
                Name = Memory.Duplicate(values[i].Name),
                Nick = Memory.Duplicate(values[i].Nick),
            };
        }
        return new GType(RegisterStatic(name, native));
    }

    internal static string? NickOf(GType type, int value)
    {
        var typeClass = ClassRef(type.Value);
        var entry = GetValue(typeClass, value);
        var nick = entry == null ? null : Memory.PtrToString(entry->Nick);
        ClassUnref(typeClass);
        return nick;
    }

    private struct NativeValue
    {
        public int Value;
        public nint Name;
        public nint Nick;
    }

    [LibraryImport(Libraries.GObject, EntryPoint = "g_enum_register_static", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nuint RegisterStatic(string name, NativeValue* values);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_enum_get_value")]
    private static partial NativeValue* GetValue(nint enumClass, int value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_class_ref")]
    private static partial nint ClassRef(nuint type);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_class_unref")]
    private static partial void ClassUnref(nint typeClass);
}
