using System.Runtime.CompilerServices;
using Gst;
using Gst.App;

namespace Dubbing.Gst.Tests.App;

public class AppSinkTests
{
    private const ulong Limit = 10 * Clock.Second;

    public AppSinkTests() => Gstreamer.Ensure();

    [Theory]
    [InlineData(5)]
    [InlineData(2)]
    public void Samples_are_handed_over_in_order_until_no_more_are_wanted(int wanted)
    {
        var taken = new List<ulong>();
        var calls = 0;
        var ended = 0;
        using var pipeline = Launch("num-buffers=5 samplesperbuffer=480", sample =>
        {
            calls++;
            using var buffer = sample.Buffer;
            taken.Add(buffer!.Pts);
            return taken.Count < wanted ? FlowReturn.Ok : FlowReturn.Eos;
        }, () => ended++);
        using var stop = new StopAtEnd(pipeline);
        Assert.Equal(MessageType.Eos, Run(pipeline, out _));
        Assert.Equal(Enumerable.Range(0, wanted).Select(i => (ulong)i * 10 * Clock.MSecond), taken);
        Assert.Equal((wanted, 1), (calls, ended));
    }

    [Fact]
    public void What_is_handed_over_is_not_kept_to_be_pulled()
    {
        using var pipeline = Launch("num-buffers=5", _ => FlowReturn.Ok, () => { });
        using var stop = new StopAtEnd(pipeline);
        Assert.Equal(MessageType.Eos, Run(pipeline, out _));
        using var sink = pipeline.GetByName("it")!;
        Assert.Null(AppSink.TryPullSample(sink, 0));
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("eos")]
    public void An_exception_becomes_an_error_of_the_element(string where)
    {
        using var pipeline = Launch("num-buffers=5",
            _ => where == "sample" ? throw new InvalidOperationException("thrown in sample") : FlowReturn.Ok,
            () => throw new InvalidOperationException("thrown in eos"));
        using var stop = new StopAtEnd(pipeline);
        Assert.Equal(MessageType.Error, Run(pipeline, out var error));
        Assert.Equal($"it: internal error: thrown in {where}", error);
    }

    [Fact]
    public void The_handlers_are_given_up_with_the_element()
    {
        var handler = RunOnce();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(handler.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunOnce()
    {
        var held = new List<ulong>();
        using var pipeline = Launch("num-buffers=1", _ =>
        {
            held.Add(0);
            return FlowReturn.Ok;
        }, () => { });
        using var stop = new StopAtEnd(pipeline);
        Assert.Equal(MessageType.Eos, Run(pipeline, out _));
        Assert.Single(held);
        return new WeakReference(held);
    }

    private static global::Gst.Pipeline Launch(string source, Func<Sample, FlowReturn> newSample, Action eos)
    {
        var pipeline = Parse.Launch($"audiotestsrc {source} ! audio/x-raw,rate=48000 ! appsink name=it sync=false");
        using var sink = pipeline.GetByName("it")!;
        AppSink.SetCallbacks(sink, newSample, eos);
        return pipeline;
    }

    private static MessageType? Run(global::Gst.Pipeline pipeline, out string? error)
    {
        using var bus = pipeline.Bus!;
        pipeline.SetState(State.Playing);
        using var message = bus.TimedPopFiltered(Limit, MessageType.Error | MessageType.Eos);
        error = message?.Type == MessageType.Error ? $"{message.SourceName}: {message.ParseError().Error.Message}" : null;
        return message?.Type;
    }
}
