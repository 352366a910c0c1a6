using System.Runtime.InteropServices;
using GLib;

namespace Gst;

/// <summary>Pipelines from gst-launch-style descriptions.</summary>
public static partial class Parse
{
    /// <summary>Builds a pipeline.</summary>
    /// <param name="description">As for <c>gst-launch-1.0</c>.</param>
    /// <exception cref="ParseException">The description is wrong or an element is missing. Nothing is left behind.</exception>
    public static Pipeline Launch(string description)
    {
        var context = ParseContextNew();
        try
        {
            // Without FATAL_ERRORS an unknown element gives a pipeline and an error at once.
            var native = LaunchFull(description, context, 1, out var error);
            if (GException.Take(error) is { } failure)
            {
                if (native != 0)
                    GLib.Object.Unref(RefSink(native));
                throw new ParseException(failure, MissingElements(context));
            }
            if (!new GType(TypeOf(native)).Is(new GType(Pipeline.PipelineGetType())))
            {
                // A description of a single element comes back as that element.
                var pipeline = new Pipeline((string?)null);
                using var element = new Element(RefSink(native));
                pipeline.Add(element);
                return pipeline;
            }
            return new Pipeline(RefSink(native));
        }
        finally
        {
            ParseContextFree(context);
        }
    }

    private static unsafe nuint TypeOf(nint instance) => **(nuint**)instance;

    private static nint RefSink(nint native) => Object.RefSink(native);

    private static unsafe IReadOnlyList<string> MissingElements(nint context)
    {
        var names = new List<string>();
        var array = (nint*)GetMissingElements(context);
        if (array == null)
            return names;
        for (var entry = array; *entry != 0; entry++)
            names.Add(Memory.PtrToString(*entry)!);
        StringArrayFree((nint)array);
        return names;
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_parse_launch_full", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint LaunchFull(string description, nint context, int flags, out nint error);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_parse_context_new")]
    private static partial nint ParseContextNew();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_parse_context_free")]
    private static partial void ParseContextFree(nint context);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_parse_context_get_missing_elements")]
    private static partial nint GetMissingElements(nint context);
    [LibraryImport(Libraries.GLib, EntryPoint = "g_strfreev")]
    private static partial void StringArrayFree(nint array);
}
