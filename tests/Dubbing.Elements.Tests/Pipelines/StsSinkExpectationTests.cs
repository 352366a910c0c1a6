using Dubbing.Elements.Sessions;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Tests.Pipelines;

/// <summary>From its start to its first frame or its end a sink says that more is to come: <c>ExpectedFragmentTests</c> say what for.</summary>
[Collection(nameof(PipelineCollection))]
public sealed class StsSinkExpectationTests
{
    [Theory]
    [InlineData("a frame")]
    [InlineData("the end")]
    [InlineData("a stop")]
    public void A_sink_that_was_started_is_expected_to_send_something(string until)
    {
        var session = DubSessions.Acquire("expects");
        try
        {
            using var pipeline = new TestPipeline("appsrc name=in format=time caps=audio/x-m4a ! stssink session=expects");
            Assert.False(session.MoreExpected);
            pipeline.Play();
            using var source = pipeline.Element("in");
            // A box of the muxer's is no frame.
            Assert.Equal(FlowReturn.Ok, AppSrc.PushBuffer(source, new Gst.Buffer([0, 0, 0, 8])));
            Assert.True(session.MoreExpected);
            if (until == "a frame")
                Assert.Equal(FlowReturn.Ok, AppSrc.PushBuffer(source, new Gst.Buffer([1]) { Pts = 0 }));
            else if (until == "the end")
                AppSrc.EndOfStream(source);
            else
                pipeline.Stop();
            Assert.True(SpinWait.SpinUntil(() => !session.MoreExpected, TimeSpan.FromSeconds(10)));
        }
        finally
        {
            DubSessions.Release(session);
        }
    }
}
