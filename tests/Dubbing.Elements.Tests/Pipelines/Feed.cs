using System.Runtime.InteropServices;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Tests.Pipelines;

/// <summary>A two-track element between appsrcs and appsinks: what goes in is pushed, what comes out is pulled.</summary>
internal sealed partial class Feed : IDisposable
{
    private static readonly string[] Names = ["video-in", "audio-in", "video-out", "audio-out"];

    private readonly TestPipeline _pipeline;
    private readonly Element _element;
    private readonly Dictionary<string, Element> _ends;

    /// <param name="element">The element, with its properties.</param>
    /// <param name="audioCaps">What the audio is announced as.</param>
    /// <param name="downstream">What stands behind the element in each track.</param>
    public Feed(string element, string audioCaps = "application/x-test", string downstream = "identity")
    {
        string Track(string track, string caps) =>
            $"appsrc name={track}-in format=time caps={caps} ! e.{track}_sink e.{track}_src ! {downstream} ! appsink name={track}-out sync=false async=false ";
        _pipeline = new TestPipeline($"{element} name=e {Track("video", "application/x-test")} {Track("audio", audioCaps)}");
        _element = _pipeline.Element("e");
        _ends = Names.ToDictionary(name => name, _pipeline.Element);
        _pipeline.Play();
        // Both tracks are announced before anything comes. A pad tells nobody of its caps.
        foreach (var name in (string[])["video_src", "audio_src"])
        {
            using var pad = _element.GetStaticPad(name)!;
            Assert.True(SpinWait.SpinUntil(() => HasCaps(pad), TimeSpan.FromSeconds(10)), $"no caps at {name}");
        }
    }

    public TestPipeline Pipeline => _pipeline;

    public Element Element => _element;

    /// <summary>Running time now in ns.</summary>
    public ulong Now
    {
        get
        {
            using var clock = _element.Clock!;
            return clock.Time - _element.BaseTime;
        }
    }

    /// <summary>Lets the element's running time go on by so much at once.</summary>
    public void Advance(TimeSpan time) => SetBaseTime(_element, _element.BaseTime - (ulong)time.TotalNanoseconds);

    /// <summary>Times in seconds; a null one is not set.</summary>
    public void Push(string track, double? pts, double? dts = null, bool delta = false)
    {
        var buffer = new Gst.Buffer([1]) { Pts = pts is { } p ? (ulong)(p * 1e9) : Clock.TimeNone, Dts = dts is { } d ? (ulong)(d * 1e9) : Clock.TimeNone };
        if (delta)
            buffer.Flags |= BufferFlags.DeltaUnit;
        Assert.Equal(FlowReturn.Ok, AppSrc.PushBuffer(_ends[track + "-in"], buffer));
    }

    public void PushGap(string track, double pts)
    {
        using var pad = _ends[track + "-in"].GetStaticPad("src")!;
        Assert.True(pad.PushEvent(NewGap((ulong)(pts * 1e9), 1_000_000)));
    }

    /// <summary>What comes out next: PTS and DTS in seconds.</summary>
    public (double Pts, double Dts) Pull(string track)
    {
        using var sample = AppSink.TryPullSample(_ends[track + "-out"], 10 * Clock.Second);
        Assert.NotNull(sample);
        using var buffer = sample.Buffer!;
        return (buffer.Pts / 1e9, buffer.Dts == Clock.TimeNone ? double.NaN : buffer.Dts / 1e9);
    }

    public void End(string track) => AppSrc.EndOfStream(_ends[track + "-in"]);

    /// <summary>Nothing more comes out of a track that was ended.</summary>
    public void AssertEnds(string track)
    {
        Assert.Null(AppSink.TryPullSample(_ends[track + "-out"], 10 * Clock.Second));
        Assert.True(AppSink.IsEos(_ends[track + "-out"]));
    }

    private static bool HasCaps(Pad pad)
    {
        using var caps = pad.CurrentCaps;
        return caps != null;
    }

    public void Dispose()
    {
        _pipeline.Stop();
        foreach (var end in _ends.Values)
            end.Dispose();
        _element.Dispose();
        _pipeline.Dispose();
    }

    [LibraryImport("libgstreamer-1.0.so.0", EntryPoint = "gst_element_set_base_time")]
    private static partial void SetBaseTime(Element element, ulong time);
    [LibraryImport("libgstreamer-1.0.so.0", EntryPoint = "gst_event_new_gap")]
    private static partial Event NewGap(ulong timestamp, ulong duration);
}
