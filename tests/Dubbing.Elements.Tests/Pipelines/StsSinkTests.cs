using System.Diagnostics;
using Dubbing.Elements.Audio;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Gst;

namespace Dubbing.Elements.Tests.Pipelines;

[Collection(nameof(PipelineCollection))]
public sealed class StsSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("one", "muxer=\"mp4mux movie-timescale=48000\" sink=\"stssink session=one\"")]
    [InlineData("many", "async-finalize=true muxer-factory=mp4mux sink-factory=stssink sink-properties=\"properties,session=(string)many\"")]
    public async Task Every_fragment_is_reported_and_kept_as_a_playable_file(string session, string splitmuxsink)
    {
        using var pipeline = new TestPipeline(Source(session)
            + "audiotestsrc is-live=true num-buffers=150 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! cut.audio_0 "
            + $"splitmuxsink name=cut max-size-time=1000000000 location={_folder.Path}/%06d.m4a {splitmuxsink}");
        pipeline.Play();
        var cuts = new List<IReadOnlyDictionary<string, object>>();
        ulong end = 0;
        for (ulong index = 0; index < 3; index++)
        {
            var cut = pipeline.Next("sts-fragment-cut");
            cuts.Add(cut);
            Assert.Equal((session, index, 48000, 2), (cut["session"], cut["index"], cut["rate"], cut["channels"]));
            var location = _folder.File($"{index:000000}.m4a");
            Assert.Equal(location, cut["location"]);
            if (index > 0)
                Assert.InRange((double)(ulong)cut["start-time"] - end, -1e6, 1e6);
            end = (ulong)cut["start-time"] + (ulong)cut["duration"];
            Assert.InRange((ulong)cut["duration"] / 1e9, 0.5, 1.05);
            var image = await ReadWhenThereAsync(location);
            Assert.Equal((ulong)image.Length, cut["bytes"]);
            var audio = Mp4Audio.Parse(image);
            Assert.Equal((ulong)(audio.Frames * 1024 * 1e9 / 48000), (ulong)cut["duration"]);
            var (decoded, fault) = MediaTool.Ffmpeg(["-i", location, "-f", "s16le", "pipe:1"], []);
            Assert.Null(fault);
            Assert.InRange(decoded.Length / 4 - audio.Frames * 1024, -1200, 0);
        }
        Assert.Equal(3, cuts.Select(c => c["fragment-id"]).Distinct().Count());
        Assert.DoesNotContain(pipeline.Drain(), m => m.Name is "Warning" or "Error" or "sts-discontinuity");
    }

    [Fact]
    public void Fragments_finalized_beside_each_other_keep_their_frames_in_order()
    {
        const double Seconds = 3000 * 1024 / 48000.0;
        // voaacenc keeps its last frames.
        const double UnflushedSeconds = 0.1;
        // As fast as it goes: the next fragment's first frames come while the last one is still being finished.
        using var pipeline = new TestPipeline(Source("fast")
            + "audiotestsrc num-buffers=3000 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! cut.audio_0 "
            + "splitmuxsink name=cut max-size-time=1000000000 async-finalize=true muxer-factory=mp4mux sink-factory=stssink "
            + "sink-properties=\"properties,session=(string)fast\" location=" + _folder.Path + "/%06d.m4a");
        pipeline.Play();
        var starts = new List<ulong>();
        // To the last one: splitmuxsink of 1.22 hangs if it is stopped while it opens a file.
        for (ulong end = 0; end < (Seconds - UnflushedSeconds) * Clock.Second;)
        {
            var cut = pipeline.Next("sts-fragment-cut");
            starts.Add((ulong)cut["start-time"]);
            end = starts[^1] + (ulong)cut["duration"];
        }
        Assert.Equal(starts.Order(), starts);
        Assert.True(starts.Count > 60, $"{starts.Count} fragments");
        Assert.DoesNotContain(pipeline.Drain(), m => m.Name == "sts-discontinuity");
    }

    [Fact]
    public void Running_with_sync_is_refused_with_the_reason()
    {
        using var pipeline = new TestPipeline("audiotestsrc ! voaacenc ! mp4mux ! stssink session=sync sync=true");
        pipeline.Native.SetState(State.Playing);
        Assert.Contains("sync=false", pipeline.NextError(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_source_the_operator_is_warned_and_files_are_kept_all_the_same()
    {
        using var pipeline = new TestPipeline("audiotestsrc num-buffers=100 samplesperbuffer=1024 ! voaacenc ! mp4mux ! "
            + $"stssink session=lonely location={_folder.File("a.m4a")}");
        pipeline.Play();
        Assert.Contains("no stssrc plays session 'lonely'", pipeline.NextWarning(), StringComparison.Ordinal);
        pipeline.WaitForEos();
        Assert.Equal(100, Mp4Audio.Parse(await ReadWhenThereAsync(_folder.File("a.m4a"))).Frames, 3.0);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_warning_and_stops_nothing()
    {
        for (var i = 0; i < 5; i++)
        {
            using var pipeline = new TestPipeline(Source("lost")
                + "audiotestsrc num-buffers=300 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! cut.audio_0 "
                + "splitmuxsink name=cut max-size-time=1000000000 async-finalize=true muxer-factory=mp4mux sink-factory=stssink "
                + "sink-properties=\"properties,session=(string)lost\" location=/nowhere/%06d.m4a");
            pipeline.Play();
            // All that there are of 2.1 s.
            for (var cut = 0; cut < 3; cut++)
                pipeline.Next("sts-fragment-cut");
        }
    }

    [Fact]
    public async Task A_disk_that_hangs_holds_no_fragment_up_and_takes_no_memory_without_limit()
    {
        // Opening it waits for a reader.
        using (var made = Process.Start("mkfifo", [_folder.File("000000.m4a.part")]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var pipeline = new TestPipeline(Source("stuck")
            + "audiotestsrc num-buffers=1000 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! cut.audio_0 "
            + $"splitmuxsink name=cut max-size-time=1000000000 location={_folder.Path}/%06d.m4a muxer=\"mp4mux movie-timescale=48000\" sink=\"stssink session=stuck\"");
        pipeline.Play();
        Assert.EndsWith("not kept on disk: 16 before it are still being written", pipeline.NextWarning().Split(" (")[0], StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            pipeline.Next("sts-fragment-cut");
        Assert.False(File.Exists(_folder.File("000001.m4a")));

        await File.ReadAllBytesAsync(_folder.File("000000.m4a.part"), TestContext.Current.CancellationToken);
        Assert.NotEmpty(await ReadWhenThereAsync(_folder.File("000015.m4a")));
        Assert.False(File.Exists(_folder.File("000016.m4a")));
    }

    [Fact]
    public void An_empty_location_is_none()
    {
        using var pipeline = new TestPipeline("stssink name=sink location=a");
        using var sink = pipeline.Element("sink");
        Assert.Equal("a", sink.GetProperty("location"));
        sink.SetProperty("location", "");
        Assert.Null(sink.GetProperty("location"));
    }

    // The source plays on while the sink cuts; nothing listens on port 1.
    private static string Source(string session) =>
        $"stssrc session={session} url=http://127.0.0.1:1 fragment-duration=1000 timeout=1000 margin=500 ! fakesink sync=false async=false ";

    private static async Task<byte[]> ReadWhenThereAsync(string path)
    {
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!) { EnableRaisingEvents = true };
        var there = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Renamed += (_, e) => { if (e.FullPath == path) there.TrySetResult(); };
        if (!File.Exists(path))
            await there.Task.WaitAsync(TimeSpan.FromSeconds(10));
        return await File.ReadAllBytesAsync(path);
    }
}
