using System.Runtime.InteropServices;

namespace Dubbing.Gst.Tests.Elements;

/// <summary>A native buffer that nobody gives back: the negative control of the leak test.</summary>
internal sealed partial class LeakedBuffer
{
    public LeakedBuffer() => _ = New();

    [LibraryImport("libgstreamer-1.0.so.0", EntryPoint = "gst_buffer_new")]
    private static partial nint New();
}
