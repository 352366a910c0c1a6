using Gst;
using Gst.Subclassing;

namespace Dubbing.Gst.Tests.Elements;

/// <summary>Passes everything through pads of its own, which throws, or leaks a reference, where it is told to.</summary>
internal sealed class TestFilter : PlainElementImpl
{
    private static readonly DebugCategory Category = new("testfilter", "Test filter");

    private string _throwIn = "";
    private bool _leak;

    public override DebugCategory Debug => Category;

    public static ElementDescription Description { get; } = new(
        "TestFilter", new ElementMetadata("Test filter", "Filter", "Passes on", "Tests"),
        [
            new PadTemplateSpec("sink", PadDirection.Sink, PadPresence.Always, "ANY"),
            new PadTemplateSpec("src", PadDirection.Src, PadPresence.Always, "ANY"),
        ],
        [
            PropertySpec.String<TestFilter>("throw-in", "Throw in", "Function that throws", "", PropertyFlags.MutablePlaying,
                e => e._throwIn, (e, v) => e._throwIn = v ?? ""),
            PropertySpec.Boolean<TestFilter>("leak", "Leak", "Keeps a copy of each buffer for ever", false, PropertyFlags.MutablePlaying,
                e => e._leak, (e, v) => e._leak = v),
        ]);

    protected override void OnInitialise()
    {
        var sink = AddPad("sink", "sink");
        var source = AddPad("src", "src");
        sink.SetChainFunction(buffer =>
        {
            ThrowIf("chain");
            if (_leak)
                _ = new LeakedBuffer();
            using var writable = buffer.MakeWritable();
            return source.Push(writable);
        });
        sink.SetEventFunction(e =>
        {
            ThrowIf("event", e.Type == EventType.Segment);
            return source.PushEvent(e);
        });
        sink.SetQueryFunction(source.PeerQuery);
        source.SetEventFunction(sink.PushEvent);
        source.SetQueryFunction(query =>
        {
            ThrowIf("query", query.Type == QueryType.Latency);
            return sink.PeerQuery(query);
        });
    }

    private void ThrowIf(string method, bool here = true)
    {
        if (here && _throwIn == method)
            throw new InvalidOperationException($"thrown in {method}");
    }
}
