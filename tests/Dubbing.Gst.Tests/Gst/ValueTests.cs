using Gst;

namespace Dubbing.Gst.Tests.Gst;

public class ValueTests
{
    public ValueTests() => Gstreamer.Ensure();

    [Fact]
    public void A_structure_gives_back_what_was_put_in()
    {
        object[] values = ["text, with \"quotes\" and ümläut", "", true, false, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, -0.25];
        using var structure = new Structure("test-values");
        for (var i = 0; i < values.Length; i++)
            structure.Set($"f{i}", values[i]);
        Assert.Equal("test-values", structure.Name);
        for (var i = 0; i < values.Length; i++)
            Assert.Equal(values[i], structure.Get($"f{i}"));
        Assert.Null(structure.Get("missing"));
        Assert.Equal(values.Length, structure.ToDictionary().Count);
        Assert.Contains("f2=(boolean)true", structure.ToString(), StringComparison.Ordinal);
        structure.Set("f2", false);
        Assert.Equal(false, structure.Get("f2"));
        Assert.Throws<ArgumentException>(() => structure.Set("f", 1.5m));
    }

    [Fact]
    public void A_value_refuses_what_its_type_can_not_hold()
    {
        var value = new GLib.Value(GLib.GType.Int);
        value.Set(-5);
        Assert.Equal(-5, value.Get());
        Assert.Throws<ArgumentException>(() => value.Set("text"));
        Assert.Throws<ArgumentException>(() => value.Set(5u));
        Assert.Equal(-5, value.Get());
        value.Dispose();
        var text = new GLib.Value(GLib.GType.String);
        Assert.Null(text.Get());
        text.Set(null);
        Assert.Null(text.Get());
        text.Dispose();
    }

    [Fact]
    public void Caps_are_parsed_written_and_fixated()
    {
        using var caps = Caps.FromString("audio/x-raw,rate=[8000,96000],channels={1,2}; audio/mpeg");
        Assert.Equal((2, false, "audio/x-raw"), (caps.Size, caps.IsFixed, caps[0].Name));
        using var fixedCaps = caps.Fixate(("rate", 192000), ("channels", 2));
        Assert.Equal((1, true, 96000, 2), (fixedCaps.Size, fixedCaps.IsFixed, fixedCaps[0].Get("rate"), fixedCaps[0].Get("channels")));
        Assert.Equal(2, caps.Size);
        Assert.Equal("audio/x-raw, rate=(int)96000, channels=(int)2", fixedCaps.ToString());
        Assert.Throws<ArgumentException>(() => Caps.FromString("audio/x-raw,rate="));
    }

    [Theory]
    [InlineData("audio/x-raw,rate=48000,channels=1; audio/x-raw,rate=48000,channels=2", 48000, 2)]
    [InlineData("audio/x-raw,rate=44100,channels=1; audio/x-raw,rate=48000,channels=1", 44100, 1)]
    [InlineData("audio/x-raw,rate=44100,channels=6; audio/x-raw,rate=32000,channels=2", 44100, 6)]
    public void Of_several_structures_the_one_that_can_have_the_values_is_taken_or_the_first(string offered, int rate, int channels)
    {
        using var caps = Caps.FromString(offered);
        using var fixedCaps = caps.Fixate(("rate", 48000), ("channels", 2));
        Assert.Equal((1, true, rate, channels), (fixedCaps.Size, fixedCaps.IsFixed, fixedCaps[0].Get("rate"), fixedCaps[0].Get("channels")));
    }

    [Fact]
    public void A_buffer_keeps_its_data_and_times()
    {
        using var buffer = new global::Gst.Buffer([1, 2, 3]) { Pts = 5, Dts = 4, Duration = 6, Offset = 7, OffsetEnd = 8 };
        buffer.Flags |= BufferFlags.Discont;
        Assert.Equal((5ul, 4ul, 6ul, 7ul, 8ul, 3), (buffer.Pts, buffer.Dts, buffer.Duration, buffer.Offset, buffer.OffsetEnd, buffer.Size));
        Assert.Equal([1, 2, 3], buffer.ToArray());
        var two = new byte[2];
        Assert.Equal(2, buffer.CopyTo(two));
        using var writable = buffer.MakeWritable();
        Assert.True(buffer.IsClosed || buffer.IsInvalid || buffer.Handle == writable.Handle);
        Assert.Equal((5ul, BufferFlags.Discont), (writable.Pts, writable.Flags & BufferFlags.Discont));
        using var empty = new global::Gst.Buffer([]);
        Assert.Empty(empty.ToArray());
    }

    [Fact]
    public void Events_and_queries_give_back_what_they_were_made_of()
    {
        var segment = Segment.Create(Format.Time);
        segment.Start = 1000;
        segment.Base = 70;
        using var event1 = Event.NewSegment(segment);
        Assert.Equal((EventType.Segment, 1000ul, Format.Time), (event1.Type, event1.ParseSegment().Start, event1.ParseSegment().Format));
        Assert.Equal((570ul, Clock.TimeNone), (event1.ParseSegment().ToRunningTime(1500), event1.ParseSegment().ToRunningTime(999)));
        using var caps = Caps.FromString("audio/mpeg");
        using var event2 = Event.NewCaps(caps);
        Assert.Equal((EventType.Caps, "audio/mpeg"), (event2.Type, event2.ParseCaps().ToString()));
        using var event3 = Event.NewEos();
        using var event4 = Event.NewStreamStart("a");
        Assert.Equal((EventType.Eos, EventType.StreamStart), (event3.Type, event4.Type));
        using var query = Query.NewLatency();
        query.SetLatency(true, 5, Clock.TimeNone);
        Assert.Equal((QueryType.Latency, (true, 5ul, Clock.TimeNone)), (query.Type, query.ParseLatency()));
    }

    [Fact]
    public void A_broken_description_names_what_is_missing()
    {
        var missing = Assert.Throws<ParseException>(() => Parse.Launch("nosuchsrc ! nosuchsink"));
        Assert.Contains("nosuchsrc", missing.MissingElements);
        Assert.Contains("nosuchsrc", missing.Message, StringComparison.Ordinal);
        Assert.Empty(Assert.Throws<ParseException>(() => Parse.Launch("fakesrc ! ")).MissingElements);
        Assert.Contains("nosuch", Assert.Throws<ParseException>(() => Parse.Launch("fakesink nosuch=1")).Message, StringComparison.Ordinal);
        Assert.Throws<ParseException>(() => Parse.Launch(""));
        using var single = Parse.Launch("fakesink name=only");
        using var only = single.GetByName("only")!;
        Assert.Equal("fakesink", only.FactoryName);
        Assert.Null(single.GetByName("other"));
        Assert.Throws<InvalidOperationException>(() => ElementFactory.Make("nosuch"));
        Assert.True(ElementFactory.Exists("fakesink") && !ElementFactory.Exists("nosuch"));
    }

    [Fact]
    public void Messages_tell_who_posted_what()
    {
        using var pipeline = Parse.Launch("filesrc name=in location=/nowhere/x ! fakesink");
        using var stop = new StopAtEnd(pipeline);
        using var bus = pipeline.Bus!;
        Assert.Equal(StateChangeReturn.Failure, pipeline.SetState(State.Playing));
        using var message = bus.TimedPopFiltered(5 * Clock.Second, MessageType.Error)!;
        var (error, debug) = message.ParseError();
        Assert.Equal(("in", "filesrc", "gst-resource-error-quark", 3), (message.SourceName, message.SourceFactory, error.Domain, error.Code));
        Assert.Contains("No such file", debug, StringComparison.Ordinal);
        const MessageType application = (MessageType)(1 << 14);
        Assert.True(bus.Post(Message.NewApplication(new Structure("hello").Set("to", "world"))));
        using var hello = bus.TimedPopFiltered(0, application)!;
        Assert.Equal(("hello", "world", ""), (hello.Structure!.Name, hello.Structure.Get("to"), hello.SourceName));
        Assert.Null(bus.TimedPopFiltered(0, MessageType.Element));
    }
}
