using Gst;
using Gst.Subclassing;

namespace Dubbing.Gst.Tests.Elements;

/// <summary>A live source of ten buffers, which throws where it is told to.</summary>
internal sealed class TestSrc : BaseSrcImpl
{
    private static readonly DebugCategory Category = new("testsrc", "Test source");

    private string _throwIn = "";
    private uint _made;

    public override DebugCategory Debug => Category;

    public static ElementDescription Description { get; } = new(
        "TestSrc", new ElementMetadata("Test source", "Source", "Makes ten buffers", "Tests"),
        [new PadTemplateSpec("src", PadDirection.Src, PadPresence.Always, "audio/x-raw,format=S16LE,layout=interleaved,rate=[1,192000],channels=[1,2]")],
        [
            PropertySpec.String<TestSrc>("throw-in", "Throw in", "Method that throws", "", PropertyFlags.MutablePlaying,
                e => e._throwIn, (e, v) => e._throwIn = v ?? ""),
        ]);

    protected override void OnInitialise() => SetLive();

    protected override bool Start()
    {
        _made = 0;
        return ThrowIf("start");
    }

    protected override bool Stop() => ThrowIf("stop");

    protected override bool SetCaps(Caps caps) => ThrowIf("set-caps");

    protected override Caps Fixate(Caps caps)
    {
        ThrowIf("fixate");
        return caps.Fixate(("rate", 48000), ("channels", 2));
    }

    protected override void Unlock() => ThrowIf("unlock");

    protected override void UnlockStop() => ThrowIf("unlock-stop");

    protected override bool OnQuery(Query query) => !ThrowIf("query", query.Type == QueryType.Latency);

    protected override bool OnSendEvent(Event @event) => !ThrowIf("send-event");

    protected override FlowReturn Create(out global::Gst.Buffer? buffer)
    {
        buffer = null;
        ThrowIf("create");
        if (_made == 10)
            return FlowReturn.Eos;
        buffer = new global::Gst.Buffer(new byte[400]) { Pts = _made++ * 1000, Duration = 1000 };
        return FlowReturn.Ok;
    }

    private bool ThrowIf(string method, bool here = true) =>
        here && _throwIn == method ? throw new InvalidOperationException($"thrown in {method}") : true;
}
