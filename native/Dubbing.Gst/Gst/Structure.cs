using System.Runtime.InteropServices;
using GLib;
using Microsoft.Win32.SafeHandles;

namespace Gst;

/// <summary>A <c>GstStructure</c>: a name with typed fields. Not safe for use by two threads at once.</summary>
public sealed partial class Structure : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>A new, empty structure.</summary>
    /// <param name="name">Letters, digits and <c>/-_.:+</c>, beginning with a letter.</param>
    public Structure(string name) : base(ownsHandle: true) => SetHandle(NewEmpty(name));

    internal Structure(nint native, bool owned) : base(owned) => SetHandle(native);

    /// <summary>The native pointer, valid while this handle is.</summary>
    public nint Handle => handle;

    /// <summary>The structure's name.</summary>
    public string Name => Memory.PtrToString(GetName(this)) ?? "";

    /// <summary>Sets a field: a string, bool, int, uint, long, ulong or double.</summary>
    /// <returns>This structure.</returns>
    public Structure Set(string field, object value)
    {
        var type = value switch
        {
            string => GType.String,
            bool => GType.Boolean,
            int => GType.Int,
            uint => GType.UInt,
            long => GType.Int64,
            ulong => GType.UInt64,
            double => GType.Double,
            _ => throw new ArgumentException($"no GValue for {value.GetType().Name}", nameof(value)),
        };
        var native = new Value(type);
        native.Set(value);
        SetValue(this, field, ref native);
        native.Dispose();
        return this;
    }

    /// <summary>The field as a plain value; null if there is none or its type is no plain one.</summary>
    public unsafe object? Get(string field)
    {
        var value = (Value*)GetValue(this, field);
        return value == null ? null : value->Get();
    }

    /// <summary>The data of a field that holds a buffer, such as <c>codec_data</c>; null if there is no such field.</summary>
    public unsafe byte[]? GetBuffer(string field)
    {
        var value = (Value*)GetValue(this, field);
        if (value == null || value->Type.Name != "GstBuffer")
            return null;
        using var buffer = new Buffer(value->GetBoxed(), false);
        return buffer.ToArray();
    }

    /// <summary>All fields that hold plain values.</summary>
    public IReadOnlyDictionary<string, object> ToDictionary()
    {
        var fields = new Dictionary<string, object>();
        for (uint i = 0, n = (uint)CountFields(this); i < n; i++)
        {
            var name = Memory.PtrToString(NthFieldName(this, i))!;
            if (Get(name) is { } value)
                fields[name] = value;
        }
        return fields;
    }

    /// <inheritdoc />
    public override string ToString() => IsInvalid ? "" : Memory.TakeString(ToNativeString(this)) ?? "";

    /// <summary>Gives the structure to native code: the wrapper is empty afterwards.</summary>
    internal nint Release()
    {
        var native = handle;
        SetHandleAsInvalid();
        return native;
    }

    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        FreeStructure(handle);
        return true;
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_new_empty", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewEmpty(string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_free")]
    private static partial void FreeStructure(nint structure);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_get_name")]
    private static partial nint GetName(Structure structure);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_n_fields")]
    private static partial int CountFields(Structure structure);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_nth_field_name")]
    private static partial nint NthFieldName(Structure structure, uint index);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_get_value", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetValue(Structure structure, string field);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_set_value", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetValue(Structure structure, string field, ref Value value);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_structure_to_string")]
    private static partial nint ToNativeString(Structure structure);
}
