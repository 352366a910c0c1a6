using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstSample</c>: a buffer with its caps.</summary>
public sealed partial class Sample : MiniObject
{
    /// <summary>For the marshaller.</summary>
    public Sample() { }

    /// <summary>The buffer, borrowed: valid while the sample is.</summary>
    public Buffer? Buffer
    {
        get
        {
            var buffer = GetBuffer(this);
            return buffer == 0 ? null : new Buffer(buffer, false);
        }
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_sample_get_buffer")]
    private static partial nint GetBuffer(Sample sample);
}
