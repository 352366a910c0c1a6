using System.Diagnostics;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Tests.Pipelines;

[Collection(nameof(PipelineCollection))]
public class StsSrcTests
{
    private const string Quick = "url=http://127.0.0.1:1 fragment-duration=1000 timeout=1000 margin=400";

    [Fact]
    public void A_source_without_url_does_not_start_and_says_why()
    {
        using var pipeline = new TestPipeline("stssrc session=nourl ! fakesink");
        Assert.Equal(StateChangeReturn.Failure, pipeline.Native.SetState(State.Playing));
        Assert.Contains("url must be absolute", pipeline.NextError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_sources_of_one_session_are_refused_with_the_reason_and_leave_nothing_behind()
    {
        for (var i = 0; i < 3; i++)
        {
            using var first = new TestPipeline($"stssrc session=twice {Quick} ! fakesink");
            first.Play();
            using var second = new TestPipeline($"stssrc session=twice {Quick} ! fakesink");
            Assert.Equal(StateChangeReturn.Failure, second.Native.SetState(State.Playing));
            Assert.Contains("'twice' is played by another stssrc", second.NextError(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_latency_is_what_a_fragment_and_the_server_may_take_and_the_margins()
    {
        using var pipeline = new TestPipeline(
            "stssrc name=dub session=latency url=http://127.0.0.1:1 fragment-duration=6000 timeout=8000 margin=700 upstream-latency=200 ! fakesink");
        pipeline.Play();
        using var source = pipeline.Element("dub");
        Assert.Equal((true, 14_900_000_000ul, Clock.TimeNone), source.QueryLatency());
    }

    [Fact]
    public void A_waiting_source_stops_at_once()
    {
        using var pipeline = new TestPipeline($"stssrc session=stop {Quick} ! fakesink async=false");
        var worst = TimeSpan.Zero;
        for (var i = 0; i < 5; i++)
        {
            pipeline.Play();
            pipeline.Next("sts-state");
            var watch = Stopwatch.StartNew();
            pipeline.Native.SetState(State.Ready);
            worst = watch.Elapsed > worst ? watch.Elapsed : worst;
            pipeline.Stop();
        }
        Assert.InRange(worst, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Stopping_without_a_server_takes_no_time()
    {
        using var pipeline = new TestPipeline($"stssrc session=stopall {Quick} ! fakesink async=false");
        pipeline.Play();
        var watch = Stopwatch.StartNew();
        pipeline.Stop();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void An_end_with_nothing_played_comes_at_once_whenever_it_is_sent()
    {
        for (var i = 0; i < 5; i++)
        {
            using var pipeline = new TestPipeline($"stssrc session=ended {Quick} ! fakesink async=false");
            pipeline.Play();
            var watch = Stopwatch.StartNew();
            pipeline.SendEos();
            pipeline.WaitForEos();
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("", 48000, 2)]
    [InlineData("! audio/x-raw,rate=16000,channels=1", 16000, 1)]
    [InlineData("! audio/x-raw,rate=44100", 44100, 2)]
    public void Downstream_chooses_the_format_and_silence_plays_when_no_audio_ever_comes(string filter, int rate, int channels)
    {
        using var pipeline = new TestPipeline($"stssrc name=dub session=caps {Quick} {filter} ! appsink name=out sync=false async=false");
        pipeline.Play();
        using var sink = pipeline.Element("out");
        ulong end = 0;
        for (var i = 0; i < 10; i++)
        {
            using var sample = AppSink.TryPullSample(sink, 10 * Clock.Second);
            Assert.NotNull(sample);
            using var buffer = sample.Buffer!;
            Assert.Equal(end, buffer.Pts);
            Assert.Equal((ulong)(buffer.Size / 2 / channels), buffer.OffsetEnd - buffer.Offset);
            Assert.All(buffer.ToArray(), b => Assert.Equal(0, b));
            end = buffer.Pts + buffer.Duration;
        }
        using var source = pipeline.Element("dub");
        using var pad = source.GetStaticPad("src")!;
        using var caps = pad.CurrentCaps!;
        Assert.Equal((rate, channels), (caps[0].Get("rate"), caps[0].Get("channels")));
        // The first piece is due when the latency, less half the margin, is over.
        using var clock = pipeline.Native.Clock!;
        Assert.InRange(clock.Time - pipeline.Native.BaseTime, 2_200_000_000ul, 6_000_000_000ul);
    }

    [Fact]
    public void What_leaves_early_leaves_by_and_by()
    {
        // A fragment of 2 s falls back 5 s before it is due: it is not to be encoded in one go.
        using var pipeline = new TestPipeline(
            "stssrc name=dub session=early url=http://127.0.0.1:1 fragment-duration=1000 timeout=1000 margin=6000 ! appsink name=out sync=false async=false "
            + "audiotestsrc is-live=true num-buffers=100 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! cut.audio_0 "
            + "splitmuxsink name=cut max-size-time=10000000000 muxer=mp4mux sink=\"stssink session=early\"");
        pipeline.Play();
        using var sink = pipeline.Element("out");
        var watch = new Stopwatch();
        var left = new List<TimeSpan>();
        while (AppSink.TryPullSample(sink, 20 * Clock.Second) is { } sample)
        {
            sample.Dispose();
            watch.Start();
            left.Add(watch.Elapsed);
        }
        Assert.InRange(left.Count, 95, 110);
        // Four times as fast as it plays, and before it is due.
        Assert.InRange(left[^1], TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void The_original_plays_at_its_own_time_where_no_server_answers()
    {
        using var pipeline = new TestPipeline(
            $"stssrc name=dub session=fall {Quick} ! appsink name=out sync=false async=false "
            + "audiotestsrc is-live=true num-buffers=130 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! cut.audio_0 "
            + "splitmuxsink name=cut max-size-time=1000000000 muxer=mp4mux sink=\"stssink session=fall\"");
        pipeline.Play();
        using var sink = pipeline.Element("out");
        ulong? end = null;
        var loud = 0;
        while (AppSink.TryPullSample(sink, 10 * Clock.Second) is { } sample)
        {
            using (sample)
            using (var buffer = sample.Buffer!)
            {
                if (end is { } expected)
                    Assert.Equal(expected, buffer.Pts);
                end = buffer.Pts + buffer.Duration;
                var data = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(buffer.ToArray());
                loud += data.IndexOfAnyExceptInRange((short)-4000, (short)4000) >= 0 ? 1 : 0;
            }
        }
        Assert.True(AppSink.IsEos(sink));
        Assert.InRange(loud * 20, 2300, 2900);
        var fragments = pipeline.Drain().Where(m => m.Name == "sts-fragment").ToList();
        Assert.Equal(["fallback", "fallback", "fallback"], fragments.Select(f => f.Fields["outcome"]));
        Assert.Equal([0ul, 1ul, 2ul], fragments.Select(f => f.Fields["index"]));
    }

    [Fact]
    public void The_key_can_not_be_read_back()
    {
        using var pipeline = new TestPipeline("stssrc name=dub session=key api-key=s3cr3t url=http://127.0.0.1:1 ! fakesink");
        Assert.DoesNotContain("s3cr3t", pipeline.Native.DebugToDot(), StringComparison.Ordinal);
    }
}
