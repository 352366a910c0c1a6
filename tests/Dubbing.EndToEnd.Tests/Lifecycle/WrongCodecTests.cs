using Dubbing.Testing;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>An input that is not what can be dubbed is said to be so, and holds nothing up.</summary>
public sealed class WrongCodecTests
{
    private const string Id = "mp3";

    [Fact]
    public async Task Audio_that_is_no_aac_is_degraded_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var clip = await MakeMp3Async(folder);
        await using var stage = await Stage.Start(Streams.Options([Id]));
        await using var publisher = Publisher.Start(clip, stage.Media.RtmpUrl($"live/{Id}/in"), Publisher.Forever);
        await CheckDegraded(stage, publisher);
        Assert.Empty(stage.Nginx.Publications.Of($"live/{Id}/out"));
    }

    [Fact]
    public async Task Audio_that_is_aac_no_more_is_degraded_with_the_reason()
    {
        const uint Change = 10_000;
        using var folder = new TemporaryFolder();
        var aac = FlvReader.ReadFile(FixtureFiles.A).Where(tag => tag.Timestamp < Change);
        var mp3 = FlvReader.ReadFile(await MakeMp3Async(folder)).Where(tag => tag.Type == FlvTagType.Audio).Select(tag => tag with { Timestamp = Change + tag.Timestamp });
        var pictures = FlvReader.ReadFile(FixtureFiles.A).Where(tag => tag.Type == FlvTagType.Video && tag.Timestamp >= Change);
        var clip = folder.File("changes.flv");
        await File.WriteAllBytesAsync(clip, FlvWriter.ToBytes([.. aac, .. mp3.Concat(pictures).OrderBy(tag => tag.Timestamp)]), TestContext.Current.CancellationToken);

        await using var stage = await Stage.Start(Streams.Options([Id]));
        await using var publisher = Publisher.Start(clip, stage.Media.RtmpUrl($"live/{Id}/in"), new PublisherClock());
        await Streams.AwaitDubbing(stage, [Id]);
        await CheckDegraded(stage, publisher);
        Assert.Single(stage.Nginx.Publications.Of($"live/{Id}/out"));
    }

    private static async Task CheckDegraded(Stage stage, Publisher publisher)
    {
        var stream = await stage.WaitForState(Id, Streams.Limit, "degraded");
        Assert.Equal("no audio track: the audio is MP3, not AAC", (string?)stream["reason"]);
        Assert.Equal(0, (int)stream["restarts"]!);
        // Nothing is tried again, so nothing is needed.
        await Poll.Until(() => Streams.Workers(stage).Count == 0, Streams.Limit, () => "the worker stays");
        Assert.False(publisher.Finished.IsCompleted, "the publisher was thrown out");
    }

    private static async Task<string> MakeMp3Async(TemporaryFolder folder)
    {
        var clip = folder.File("mp3.flv");
        await using var encoder = ChildProcess.Start(Executables.Find("ffmpeg", "ffmpeg"),
            ["-nostdin", "-loglevel", "error", "-i", FixtureFiles.E, "-c:v", "copy", "-c:a", "libmp3lame", "-ar", "44100", clip]);
        Assert.Equal(0, await encoder.Exited.WaitAsync(Streams.Limit, TestContext.Current.CancellationToken));
        return clip;
    }
}
