using Gst;
using Gst.Subclassing;

namespace Dubbing.Gst.Tests.Elements;

/// <summary>A sink with a property of every kind, which throws where it is told to.</summary>
internal sealed class TestSink : BaseSinkImpl
{
    private static readonly DebugCategory Category = new("testsink", "Test sink");

    private string? _text = "deflt";
    private bool _flag = true;
    private uint _number = 7;
    private ulong _large = 1UL << 40;
    private double _real = 0.5;
    private Flavour _flavour = Flavour.Sour;
    private string _throwIn = "";
    private ulong _rendered;

    public override DebugCategory Debug => Category;

    public static ElementDescription Description { get; } = new(
        "TestSink", new ElementMetadata("Test sink", "Sink", "Counts", "Tests"),
        [new PadTemplateSpec("sink", PadDirection.Sink, PadPresence.Always, "ANY")],
        [
            PropertySpec.String<TestSink>("text", "Text", "A text", "deflt", PropertyFlags.MutableReady, e => e._text, (e, v) => e._text = v),
            PropertySpec.Boolean<TestSink>("flag", "Flag", "A flag", true, PropertyFlags.MutableReady, e => e._flag, (e, v) => e._flag = v),
            PropertySpec.UInt<TestSink>("number", "Number", "A number", 1, 10, 7, PropertyFlags.MutablePlaying, e => e._number, (e, v) => e._number = v),
            PropertySpec.UInt64<TestSink>("large", "Large", "A large number", 0, ulong.MaxValue, 1UL << 40, PropertyFlags.MutablePlaying,
                e => e._large, (e, v) => e._large = v),
            PropertySpec.Double<TestSink>("real", "Real", "A real number", 0, 1, 0.5, PropertyFlags.MutablePlaying, e => e._real, (e, v) => e._real = v),
            PropertySpec.Enum<TestSink, Flavour>("flavour", "Flavour", "A choice", "TestFlavour", [("Sweet things", "sweet"), ("Sour things", "sour")],
                Flavour.Sour, PropertyFlags.MutablePlaying, e => e._flavour, (e, v) => e._flavour = v),
            PropertySpec.String<TestSink>("secret", "Secret", "Write-only", null, PropertyFlags.Writable, _ => null, (e, v) => e._text = v),
            PropertySpec.String<TestSink>("throw-in", "Throw in", "Method that throws", "", PropertyFlags.MutablePlaying,
                e => e._throwIn == "get" ? throw new InvalidOperationException("thrown in get") : e._throwIn,
                (e, v) => e._throwIn = v == "set" ? throw new InvalidOperationException("thrown in set") : v ?? ""),
            PropertySpec.Structure<TestSink>("stats", "Stats", "Statistics", e => new Structure("test-stats").Set("rendered", e._rendered)),
        ]);

    protected override void OnInitialise() => SetSync(sync: false, async: true);

    protected override StateChangeReturn ChangeState(StateChange transition)
    {
        ThrowIf("change-state", transition == StateChange.NullToReady);
        return base.ChangeState(transition);
    }

    protected override bool Start() => ThrowIf("start");

    protected override bool Stop() => ThrowIf("stop");

    protected override bool SetCaps(Caps caps) => ThrowIf("set-caps");

    protected override bool OnEvent(Event @event) => ThrowIf("event", @event.Type == EventType.Segment);

    protected override bool OnQuery(Query query) => !ThrowIf("query", query.Type == QueryType.Latency);

    protected override FlowReturn Render(global::Gst.Buffer buffer)
    {
        ThrowIf("render");
        _rendered++;
        return FlowReturn.Ok;
    }

    private bool ThrowIf(string method, bool here = true) =>
        here && _throwIn == method ? throw new InvalidOperationException($"thrown in {method}") : true;
}
