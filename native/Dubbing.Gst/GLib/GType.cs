using System.Runtime.InteropServices;
using Gst;

namespace GLib;

/// <summary>A type of GObject's type system.</summary>
/// <param name="Value">The native <c>GType</c>; 0 is no type.</param>
public readonly partial record struct GType(nuint Value)
{
    /// <summary>Fundamental types (<c>G_TYPE_MAKE_FUNDAMENTAL</c>).</summary>
    public static readonly GType Boolean = new(5 << 2), Int = new(6 << 2), UInt = new(7 << 2), Int64 = new(10 << 2),
        UInt64 = new(11 << 2), Enum = new(12 << 2), Double = new(15 << 2), String = new(16 << 2), Object = new(20 << 2);

    /// <summary>The registered name.</summary>
    public string Name => Memory.PtrToString(TypeName(Value)) ?? "";

    /// <summary>The fundamental type that this one derives from.</summary>
    public GType Fundamental => new(TypeFundamental(Value));

    /// <summary>Whether this type is <paramref name="other"/> or derives from it.</summary>
    public bool Is(GType other) => TypeIsA(Value, other.Value) != 0;

    /// <summary>The type registered under a name; <see cref="Value"/> 0 if there is none.</summary>
    public static GType FromName(string name) => new(TypeFromName(name));

    internal (int Class, int Instance) Sizes()
    {
        TypeQuery(Value, out var query);
        return ((int)query.ClassSize, (int)query.InstanceSize);
    }

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_name")]
    private static partial nint TypeName(nuint type);

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_fundamental")]
    private static partial nuint TypeFundamental(nuint type);

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_is_a")]
    private static partial int TypeIsA(nuint type, nuint isA);

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_from_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nuint TypeFromName(string name);

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_query")]
    private static partial void TypeQuery(nuint type, out NativeQuery query);

    private struct NativeQuery
    {
        public nuint Type;
        public nint Name;
        public uint ClassSize;
        public uint InstanceSize;
    }
}
