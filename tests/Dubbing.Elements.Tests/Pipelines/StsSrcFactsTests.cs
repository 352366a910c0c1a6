using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dubbing.Elements.Tests.Sts;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Tests.Pipelines;

/// <summary>What <c>stssrc</c> tells of its session: properties, statistics, messages; and what it does at the input's end.</summary>
[Collection(nameof(PipelineCollection))]
public sealed partial class StsSrcFactsTests
{
    private const string Cut = "! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! cut.audio_0 "
        + "splitmuxsink name=cut max-size-time=1500000000 muxer=\"mp4mux movie-timescale=48000\" ";

    // 4.5 s: two whole fragments and a rest.
    private const string Live = "audiotestsrc is-live=true num-buffers=211 samplesperbuffer=1024 " + Cut;

    [Fact]
    public async Task Results_states_and_figures_are_told()
    {
        await using var server = await EchoServer.StartAsync();
        using var pipeline = new TestPipeline(
            $"stssrc name=dub session=facts url={server.Url} fragment-duration=1500 timeout=1000 margin=500 ! fakesink async=false "
            + Live + "sink=\"stssink session=facts\"");
        using var source = pipeline.Element("dub");
        Assert.Equal("idle", source.GetProperty("state"));
        using var states = new StateWatch(source);
        pipeline.Play();

        var cuts = new Dictionary<object, IReadOnlyDictionary<string, object>>();
        var results = new List<IReadOnlyDictionary<string, object>>();
        pipeline.WaitForEos(message =>
        {
            if (message.Name == "sts-fragment-cut")
                cuts.Add(message.Fields["fragment-id"], message.Fields);
            if (message.Name == "sts-fragment-processed")
                results.Add(message.Fields);
        });
        Assert.Equal(3, results.Count);
        foreach (var result in results)
        {
            var cut = cuts[result["fragment-id"]];
            Assert.Equal((cut["index"], cut["start-time"], cut["duration"]), (result["index"], result["start-time"], result["duration"]));
            Assert.StartsWith("[ECHO]", (string)result["transcript"], StringComparison.Ordinal);
            Assert.NotEqual("", result["translated-text"]);
        }
        // Nanoseconds of running time, one after the other.
        Assert.InRange((ulong)results[1]["start-time"] - (ulong)results[0]["start-time"], 1_400_000_000ul, 1_500_000_000ul);

        Assert.Equal(["connecting", "connected", "ready", "ended"], states.Seen);
        var stats = Stats(source);
        foreach (var name in (string[])["cut", "sent", "acked", "processed", "success", "dubbed"])
            Assert.Equal(3ul, stats[name]);
        foreach (var name in (string[])["fallback", "partial", "failed", "late", "fallback-timeout", "reconnects", "breaker-failures", "faults", "retried"])
            Assert.Equal(0ul, stats[name]);
        Assert.Equal(cuts.Values.Aggregate(0ul, (sum, cut) => sum + (ulong)cut["bytes"]), stats["bytes-sent"]);
        Assert.True((ulong)stats["bytes-received"] > 0);
        Assert.Equal((0, "closed"), (stats["inflight"], stats["breaker"]));
        // The server answers in a few ms: it had one second for each, and as much more as a fragment was shorter than it might be.
        Assert.InRange((long)stats["slack-min"], 1, 2_600_000_000);
        Assert.True((long)stats["slack"] >= (long)stats["slack-min"]);
        Assert.InRange((ulong)stats["rtt"], 1ul, 1_000_000_000ul);
        pipeline.Stop();
        Assert.Equal("idle", source.GetProperty("state"));
    }

    [Fact]
    public void The_fallback_changes_while_it_plays()
    {
        using var pipeline = new TestPipeline(
            "stssrc name=dub session=modes url=http://127.0.0.1:1 fragment-duration=1500 timeout=1000 margin=500 fallback=silence "
            + "! appsink name=out sync=false async=false max-buffers=1 " + Live + "sink=\"stssink session=modes\"");
        using var source = pipeline.Element("dub");
        using var sink = pipeline.Element("out");
        Assert.Equal("silence", source.GetProperty("fallback"));
        pipeline.Play();
        var loudness = new List<int>();
        ulong? end = null;
        while (AppSink.TryPullSample(sink, 20 * Clock.Second) is { } sample)
        {
            using (sample)
            using (var buffer = sample.Buffer!)
            {
                Assert.Equal(end ?? buffer.Pts, buffer.Pts);
                end = buffer.Pts + buffer.Duration;
                loudness.Add(MemoryMarshal.Cast<byte, short>(buffer.ToArray()).ToArray().Max(s => Math.Abs((int)s)));
            }
            if (loudness.Count == 75)
                source.SetProperty("fallback", (int)Dubbing.Elements.Sessions.FallbackMode.Duck);
            if (loudness.Count == 150)
                source.SetProperty("fallback", (int)Dubbing.Elements.Sessions.FallbackMode.Original);
        }
        Assert.True(AppSink.IsEos(sink));
        // A buffer is 20 ms; up to three were on their way when the property changed. audiotestsrc plays at 0.8.
        Assert.All(loudness[..75], peak => Assert.Equal(0, peak));
        Assert.All(loudness[80..150], peak => Assert.InRange(peak, 0.2 * 26214, 0.3 * 26214));
        Assert.All(loudness[155..220], peak => Assert.InRange(peak, 0.9 * 26214, 1.1 * 26214));
    }

    [Fact]
    public void An_input_that_ends_without_a_frame_ends_the_output()
    {
        using var pipeline = new TestPipeline(
            "stssrc session=empty url=http://127.0.0.1:1 fragment-duration=1500 timeout=1000 margin=500 ! fakesink async=false "
            + "audiotestsrc num-buffers=0 " + Cut + "sink=\"stssink session=empty\"");
        pipeline.Play();
        pipeline.WaitForEos();
    }

    private static Dictionary<string, object> Stats(Element source) => ElementStats.Read(source).ToDictionary();

    /// <summary>What the property was each time that its change was notified.</summary>
    private sealed unsafe partial class StateWatch : IDisposable
    {
        private readonly GCHandle _self;
        private readonly Element _element;
        private readonly nuint _handler;

        public StateWatch(Element element)
        {
            _element = element;
            _self = GCHandle.Alloc(this);
            _handler = Connect(element, "notify::state", &OnNotify, GCHandle.ToIntPtr(_self), 0, 0);
        }

        public ConcurrentQueue<object?> Seen { get; } = [];

        public void Dispose()
        {
            Disconnect(_element, _handler);
            _self.Free();
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static void OnNotify(nint element, nint spec, nint data)
        {
            var watch = (StateWatch)GCHandle.FromIntPtr(data).Target!;
            watch.Seen.Enqueue(watch._element.GetProperty("state"));
        }

        [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_signal_connect_data", StringMarshalling = StringMarshalling.Utf8)]
        private static partial nuint Connect(Element element, string signal, delegate* unmanaged[Cdecl]<nint, nint, nint, void> callback,
            nint data, nint destroy, int flags);
        [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_signal_handler_disconnect")]
        private static partial void Disconnect(Element element, nuint handler);
    }
}
