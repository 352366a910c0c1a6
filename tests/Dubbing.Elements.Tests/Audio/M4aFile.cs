using Dubbing.Testing.Processes;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Tests.Audio;

/// <summary>An M4A as <c>mp4mux</c> writes it, its AAC frames, and what ffmpeg decodes them to.</summary>
internal sealed class M4aFile
{
    private M4aFile(byte[] image, IReadOnlyList<(ulong Pts, byte[] Data)> frames, byte[] adts) => (Image, Frames, Adts) = (image, frames, adts);

    public byte[] Image { get; }

    public IReadOnlyList<(ulong Pts, byte[] Data)> Frames { get; }

    public byte[] Adts { get; }

    /// <summary>Encodes pink noise, in which every moment is different.</summary>
    public static M4aFile Make(int rate, int channels, int frames, string encoder = "voaacenc")
    {
        using var folder = new TemporaryFolder();
        var (file, adts) = (folder.File("a.m4a"), folder.File("a.aac"));
        Run($"audiotestsrc wave=pink-noise samplesperbuffer=1024 num-buffers={frames} ! audio/x-raw,rate={rate},channels={channels} ! "
            + $"audioconvert ! {encoder} ! aacparse ! tee name=t ! queue ! mp4mux movie-timescale={rate} ! filesink location={file} "
            + $"t. ! queue ! aacparse ! audio/mpeg,stream-format=adts ! filesink location={adts}");
        return new M4aFile(File.ReadAllBytes(file), FramesOf(file), File.ReadAllBytes(adts));
    }

    private static List<(ulong Pts, byte[] Data)> FramesOf(string file)
    {
        var frames = new List<(ulong, byte[])>();
        using var pipeline = new TestPipeline($"filesrc location={file} ! qtdemux ! appsink name=out sync=false");
        pipeline.Play();
        using var sink = pipeline.Element("out");
        while (AppSink.TryPullSample(sink, 10 * Clock.Second) is { } sample)
        {
            using (sample)
            using (var buffer = sample.Buffer!)
                frames.Add((buffer.Pts, buffer.ToArray()));
        }
        Assert.True(AppSink.IsEos(sink));
        return frames;
    }

    private static void Run(string description)
    {
        using var pipeline = new TestPipeline(description);
        pipeline.Play();
        pipeline.WaitForEos();
    }
}
