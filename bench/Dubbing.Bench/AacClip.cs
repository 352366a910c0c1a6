using Dubbing.Elements.Audio;
using Dubbing.Testing.Processes;
using Gst;
using Gst.App;

namespace Dubbing.Bench;

/// <summary>One fragment's worth of input: the M4A as <c>mp4mux</c> writes it, and its AAC frames.</summary>
/// <param name="Image">The file.</param>
/// <param name="Audio">What its <c>moov</c> says.</param>
/// <param name="Frames">The frames with their timestamps in ns, from 0.</param>
internal sealed record AacClip(byte[] Image, Mp4Audio Audio, IReadOnlyList<(ulong Pts, byte[] Data)> Frames)
{
    private const ulong Limit = 30 * Clock.Second;

    /// <summary>Its length in ns.</summary>
    public ulong Duration => (ulong)Audio.Frames * (ulong)Audio.FrameLength * Clock.Second / (ulong)Audio.SampleRate;

    /// <summary>Encodes pink noise, which fills its bit rate as speech over music does: 48 kHz stereo, 128 kbit/s.</summary>
    /// <param name="length">About how long.</param>
    public static AacClip Make(TimeSpan length)
    {
        const int rate = 48000;
        using var folder = new TemporaryFolder();
        var file = folder.File("clip.m4a");
        using (var encoder = Parse.Launch(
            $"audiotestsrc wave=pink-noise samplesperbuffer=1024 num-buffers={(int)(length.TotalSeconds * rate / 1024)} ! audio/x-raw,rate={rate},channels=2 "
            + $"! audioconvert ! voaacenc bitrate=128000 ! aacparse ! mp4mux movie-timescale={rate} ! filesink location={file}"))
            Finish(encoder);
        var image = File.ReadAllBytes(file);
        return new AacClip(image, Mp4Audio.Parse(image), FramesOf(file));
    }

    private static void Finish(Gst.Pipeline pipeline)
    {
        using var bus = pipeline.Bus!;
        _ = pipeline.SetState(State.Playing);
        using var message = bus.TimedPopFiltered(Limit, MessageType.Eos | MessageType.Error);
        _ = pipeline.SetState(State.Null);
        if (message?.Type != MessageType.Eos)
            throw new InvalidOperationException($"the clip was not encoded: {message?.ParseError().Error.Message ?? "no end"}");
    }

    private static List<(ulong Pts, byte[] Data)> FramesOf(string file)
    {
        var frames = new List<(ulong Pts, byte[] Data)>();
        using var pipeline = Parse.Launch($"filesrc location={file} ! qtdemux ! appsink name=out sync=false");
        _ = pipeline.SetState(State.Playing);
        using var sink = pipeline.GetByName("out")!;
        while (AppSink.TryPullSample(sink, Limit) is { } sample)
        {
            using (sample)
            using (var buffer = sample.Buffer!)
                frames.Add((buffer.Pts, buffer.ToArray()));
        }
        _ = pipeline.SetState(State.Null);
        return frames;
    }
}
