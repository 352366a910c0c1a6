using System.Runtime.InteropServices;

namespace Dubbing.Pipeline.Tests.Launch;

/// <summary>Reads a string property of an element that is itself a property's value, which the binding has no need for.</summary>
internal static partial class NestedElement
{
    private const nuint StringType = 16 << 2;
    private const nuint ObjectType = 20 << 2;

    public static string? Read(GLib.Object owner, string property, string nestedProperty)
    {
        var holder = Property(owner.Handle, property, ObjectType);
        var text = Property(GetObject(ref holder), nestedProperty, StringType);
        var result = Marshal.PtrToStringUTF8(GetString(ref text));
        Unset(ref text);
        Unset(ref holder);
        return result;
    }

    private static NativeValue Property(nint instance, string name, nuint type)
    {
        var value = default(NativeValue);
        Init(ref value, type);
        GetProperty(instance, name, ref value);
        return value;
    }

    private struct NativeValue
    {
        public nuint Type;
        public long Data0;
        public long Data1;
    }

    [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_value_init")]
    private static partial nint Init(ref NativeValue value, nuint type);
    [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_value_unset")]
    private static partial void Unset(ref NativeValue value);
    [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_value_get_object")]
    private static partial nint GetObject(ref NativeValue value);
    [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_value_get_string")]
    private static partial nint GetString(ref NativeValue value);
    [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_object_get_property", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void GetProperty(nint instance, string name, ref NativeValue value);
}
