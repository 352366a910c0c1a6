using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstPipeline</c>: a bin with a clock and a bus.</summary>
public sealed partial class Pipeline : Bin
{
    /// <summary>For the marshaller.</summary>
    public Pipeline() { }

    internal Pipeline(nint owned) : base(owned) { }

    /// <summary>A new, empty pipeline.</summary>
    public Pipeline(string? name) : base(RefSink(New(name))) { }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pipeline_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint New(string? name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pipeline_get_type")]
    internal static partial nuint PipelineGetType();
}
