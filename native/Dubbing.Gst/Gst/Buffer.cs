using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstBuffer</c>: data with its timestamps. Not safe for use by two threads at once.</summary>
public sealed unsafe partial class Buffer : MiniObject
{
    /// <summary>For the marshaller.</summary>
    public Buffer() { }

    internal Buffer(nint native, bool owned) : base(native, owned) { }

    /// <summary>A new buffer with a copy of <paramref name="data"/>, without timestamps.</summary>
    public Buffer(ReadOnlySpan<byte> data) : base(NewAllocate(0, (nuint)data.Length, 0), true)
    {
        fixed (byte* source = data)
            Fill(this, 0, source, (nuint)data.Length);
    }

    /// <summary>Presentation timestamp in ns; <see cref="Clock.TimeNone"/> if there is none.</summary>
    public ulong Pts
    {
        get => Native->Pts;
        set => Native->Pts = value;
    }

    /// <summary>Decoding timestamp in ns; <see cref="Clock.TimeNone"/> if there is none.</summary>
    public ulong Dts
    {
        get => Native->Dts;
        set => Native->Dts = value;
    }

    /// <summary>Duration in ns; <see cref="Clock.TimeNone"/> if not known.</summary>
    public ulong Duration
    {
        get => Native->Duration;
        set => Native->Duration = value;
    }

    /// <summary>Media-specific offset; sample number for audio.</summary>
    public ulong Offset
    {
        get => Native->Offset;
        set => Native->Offset = value;
    }

    /// <summary>Media-specific end offset.</summary>
    public ulong OffsetEnd
    {
        get => Native->OffsetEnd;
        set => Native->OffsetEnd = value;
    }

    /// <summary>The buffer's flags. Set them only on a writable buffer.</summary>
    public BufferFlags Flags
    {
        get => (BufferFlags)Native->Flags;
        set => Native->Flags = (uint)value;
    }

    /// <summary>Size of the data in bytes.</summary>
    public int Size => checked((int)GetSize(this));

    /// <summary>Copies the data out.</summary>
    public byte[] ToArray()
    {
        var data = new byte[Size];
        CopyTo(data);
        return data;
    }

    /// <summary>Copies the data to <paramref name="target"/>.</summary>
    /// <returns>How many bytes were copied.</returns>
    public int CopyTo(Span<byte> target)
    {
        // An empty span has no address, which GStreamer refuses.
        if (target.IsEmpty)
            return 0;
        fixed (byte* pointer = target)
            return (int)Extract(this, 0, pointer, (nuint)target.Length);
    }

    /// <summary>Writes over the data from its beginning; the buffer must be writable (<see cref="MakeWritable()"/>).</summary>
    /// <returns>How many bytes were written: no more than there are.</returns>
    public int Fill(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return 0;
        fixed (byte* pointer = data)
            return (int)Fill(this, 0, pointer, (nuint)data.Length);
    }

    /// <summary>This buffer if nobody else holds it, else a copy of its metadata over the same memory; this wrapper is empty
    /// afterwards.</summary>
    public Buffer MakeWritable() => new(MakeWritable(Release()), true);

    private NativeBuffer* Native => (NativeBuffer*)handle;

    [StructLayout(LayoutKind.Explicit)]
    private struct NativeBuffer
    {
        [FieldOffset(16)] public uint Flags;
        [FieldOffset(72)] public ulong Pts;
        [FieldOffset(80)] public ulong Dts;
        [FieldOffset(88)] public ulong Duration;
        [FieldOffset(96)] public ulong Offset;
        [FieldOffset(104)] public ulong OffsetEnd;
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_buffer_new_allocate")]
    private static partial nint NewAllocate(nint allocator, nuint size, nint parameters);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_buffer_fill")]
    private static partial nuint Fill(Buffer buffer, nuint offset, byte* source, nuint size);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_buffer_extract")]
    private static partial nuint Extract(Buffer buffer, nuint offset, byte* target, nuint size);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_buffer_get_size")]
    private static partial nuint GetSize(Buffer buffer);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_mini_object_make_writable")]
    private static partial nint MakeWritable(nint buffer);
}
