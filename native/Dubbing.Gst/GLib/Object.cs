using System.Runtime.InteropServices;
using Gst;
using Microsoft.Win32.SafeHandles;

namespace GLib;

/// <summary>One reference to a <c>GObject</c>. The handle owns exactly that reference and gives it back on dispose, or when
/// it is collected.</summary>
public partial class Object : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>For the marshaller: receives a reference that the caller owns.</summary>
    public Object() : base(ownsHandle: true) { }

    /// <summary>Takes over a reference.</summary>
    protected Object(nint owned) : base(ownsHandle: true) => SetHandle(owned);

    /// <summary>The native pointer, valid while this handle is.</summary>
    public nint Handle => handle;

    /// <summary>The object's type.</summary>
    public unsafe GType NativeType => new(**(nuint**)handle);

    /// <summary>Whether the object has a property of that name.</summary>
    public unsafe bool HasProperty(string name) => FindProperty(*(nint*)handle, name) != 0;

    /// <summary>Reads a property as a plain value (see <see cref="Value.Get"/>).</summary>
    /// <exception cref="ArgumentException">There is no such property.</exception>
    public object? GetProperty(string name)
    {
        using var value = GetPropertyValue(name);
        var copy = value;
        return copy.Get();
    }

    /// <summary>Sets a property to a plain value (see <see cref="Value.Set"/>).</summary>
    /// <exception cref="ArgumentException">There is no such property, or it can't hold such a value.</exception>
    public void SetProperty(string name, object? value)
    {
        var native = new Value(PropertyType(name));
        try
        {
            native.Set(value);
            SetProperty(this, name, ref native);
        }
        finally
        {
            native.Dispose();
        }
    }

    /// <summary>Reads a property as a GValue; the caller disposes it.</summary>
    internal Value GetPropertyValue(string name)
    {
        var native = new Value(PropertyType(name));
        GetProperty(this, name, ref native);
        return native;
    }

    /// <summary>Sets a property whose value is boxed (caps, structure); the object takes its own copy.</summary>
    internal void SetBoxedProperty(string name, nint boxed)
    {
        var native = new Value(PropertyType(name));
        native.SetBoxed(boxed);
        SetProperty(this, name, ref native);
        native.Dispose();
    }

    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        Unref(handle);
        return true;
    }

    private unsafe GType PropertyType(string name)
    {
        var spec = FindProperty(*(nint*)handle, name);
        if (spec == 0)
            throw new ArgumentException($"{NativeType.Name} has no property '{name}'", nameof(name));
        return new GType(((ParamSpecHeader*)spec)->ValueType);
    }

    private struct ParamSpecHeader
    {
        public nint TypeInstance;
        public nint Name;
        public uint Flags;
        public nuint ValueType;
    }

    [LibraryImport(Libraries.GObject, EntryPoint = "g_object_ref")]
    internal static partial nint Ref(nint instance);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_object_unref")]
    internal static partial void Unref(nint instance);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_object_class_find_property", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FindProperty(nint objectClass, string name);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_object_get_property", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void GetProperty(Object instance, string name, ref Value value);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_object_set_property", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetProperty(Object instance, string name, ref Value value);
}
