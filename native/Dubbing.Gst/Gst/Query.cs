using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstQuery</c>.</summary>
public sealed unsafe partial class Query : MiniObject
{
    /// <summary>For the marshaller.</summary>
    public Query() { }

    internal Query(nint native, bool owned) : base(native, owned) { }

    /// <summary>What is asked.</summary>
    public QueryType Type => *(QueryType*)(handle + 64);

    /// <summary>A new LATENCY query.</summary>
    public static Query NewLatency() => new(NewLatencyNative(), true);

    /// <summary>Answers a LATENCY query; ns, <see cref="Clock.TimeNone"/> as <paramref name="max"/> for no limit.</summary>
    public void SetLatency(bool live, ulong min, ulong max) => SetLatency(this, live ? 1 : 0, min, max);

    /// <summary>The answer of a LATENCY query.</summary>
    public (bool Live, ulong Min, ulong Max) ParseLatency()
    {
        ParseLatency(this, out var live, out var min, out var max);
        return (live != 0, min, max);
    }

    /// <summary>The format that a SEEKING query asks about.</summary>
    public Format ParseSeekingFormat()
    {
        ParseSeeking(this, out var format, 0, 0, 0);
        return format;
    }

    /// <summary>Answers a SEEKING query.</summary>
    public void SetSeeking(Format format, bool seekable, long start, long end) =>
        SetSeeking(this, format, seekable ? 1 : 0, start, end);

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_query_new_latency")]
    private static partial nint NewLatencyNative();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_query_set_latency")]
    private static partial void SetLatency(Query query, int live, ulong min, ulong max);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_query_parse_latency")]
    private static partial void ParseLatency(Query query, out int live, out ulong min, out ulong max);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_query_parse_seeking")]
    private static partial void ParseSeeking(Query query, out Format format, nint seekable, nint start, nint end);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_query_set_seeking")]
    private static partial void SetSeeking(Query query, Format format, int seekable, long start, long end);
}
