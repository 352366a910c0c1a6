using System.Runtime.InteropServices;
using Gst;
using Microsoft.Win32.SafeHandles;

namespace GLib;

/// <summary>A file that exists in memory only, for elements that read or write files (<c>filesrc</c>, <c>filesink</c>): it needs no folder, nobody else can
/// open it by a name, and it is gone with the last handle, however the process ends.</summary>
public sealed partial class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;

    private readonly SafeFileHandle _handle;

    /// <summary>Creates a file.</summary>
    /// <param name="head">What it begins with.</param>
    /// <param name="rest">What follows.</param>
    /// <exception cref="IOException">The system gives no memory or no descriptor.</exception>
    public MemoryFile(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest = default)
    {
        _handle = Create("dubbing", CloseOnExec);
        if (_handle.IsInvalid)
            throw new IOException($"memfd_create: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        RandomAccess.Write(_handle, head, 0);
        RandomAccess.Write(_handle, rest, head.Length);
    }

    /// <summary>Where this process can open it, until it is disposed.</summary>
    public string Path => $"/proc/self/fd/{_handle.DangerousGetHandle()}";

    /// <summary>What it holds now.</summary>
    public byte[] ToArray()
    {
        var content = new byte[RandomAccess.GetLength(_handle)];
        var read = RandomAccess.Read(_handle, content, 0);
        return read == content.Length ? content : content[..read];
    }

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();

    [LibraryImport(Libraries.C, EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Create(string name, uint flags);
}
