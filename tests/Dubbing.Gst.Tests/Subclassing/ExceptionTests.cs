using Gst;

namespace Dubbing.Gst.Tests.Subclassing;

public class ExceptionTests
{
    private const ulong Limit = 10 * Clock.Second;

    public ExceptionTests() => Gstreamer.Ensure();

    [Theory]
    [InlineData("testsink", "change-state")]
    [InlineData("testsink", "start")]
    [InlineData("testsink", "stop")]
    [InlineData("testsink", "set-caps")]
    [InlineData("testsink", "event")]
    [InlineData("testsink", "query")]
    [InlineData("testsink", "render")]
    [InlineData("testsrc", "start")]
    [InlineData("testsrc", "stop")]
    [InlineData("testsrc", "set-caps")]
    [InlineData("testsrc", "fixate")]
    [InlineData("testsrc", "unlock")]
    [InlineData("testsrc", "unlock-stop")]
    [InlineData("testsrc", "query")]
    [InlineData("testsrc", "send-event")]
    [InlineData("testsrc", "create")]
    [InlineData("testfilter", "chain")]
    [InlineData("testfilter", "event")]
    [InlineData("testfilter", "query")]
    public void An_exception_becomes_an_error_of_the_element(string factory, string method)
    {
        string Named(string name) => name == factory ? $"{name} name=it throw-in={method}" : name == "testfilter" ? $"{name} name=before" : name;
        using var pipeline = Parse.Launch($"{Named("testsrc")} ! {Named("testfilter")} ! {Named("testsink")}");
        using var stop = new StopAtEnd(pipeline);
        using var bus = pipeline.Bus!;
        using var element = pipeline.GetByName("it")!;
        var started = pipeline.SetState(State.Playing);
        if (method == "query")
            QueryLatency(pipeline, factory, element);
        if (method == "send-event")
            element.SendEvent(Event.NewEos());
        if (method is "stop" or "unlock" or "unlock-stop")
        {
            Assert.NotEqual(StateChangeReturn.Failure, started);
            // Else the bus of a pipeline that goes to NULL drops its messages.
            pipeline.SetProperty("auto-flush-bus", false);
            pipeline.SetState(State.Null);
        }
        using var message = bus.TimedPopFiltered(Limit, MessageType.Error);
        Assert.NotNull(message);
        var (error, debug) = message.ParseError();
        Assert.Equal(("it", $"internal error: thrown in {method}"), (message.SourceName, error.Message));
        Assert.Contains(nameof(InvalidOperationException), debug, StringComparison.Ordinal);
        element.SetProperty("throw-in", "");
    }

    [Fact]
    public void Without_exceptions_everything_passes()
    {
        using var pipeline = Parse.Launch("testsrc ! testfilter ! testsink name=it");
        using var stop = new StopAtEnd(pipeline);
        using var bus = pipeline.Bus!;
        pipeline.SetState(State.Playing);
        using (var message = bus.TimedPopFiltered(Limit, MessageType.Error | MessageType.Eos))
            Assert.Equal(MessageType.Eos, message?.Type);
        using var sink = pipeline.GetByName("it")!;
        Assert.Equal(10ul, ElementStats.Read(sink)["rendered"]);
        using var pad = sink.GetStaticPad("sink")!;
        using var caps = pad.CurrentCaps!;
        Assert.Equal(48000, caps[0].Get("rate"));
    }

    // A sink's method answers what comes through its pad.
    private static void QueryLatency(Pipeline pipeline, string factory, Element element)
    {
        if (factory != "testsink")
        {
            element.QueryLatency();
            return;
        }
        using var before = pipeline.GetByName("before")!;
        using var pad = before.GetStaticPad("src")!;
        using var query = Query.NewLatency();
        pad.PeerQuery(query);
    }
}
