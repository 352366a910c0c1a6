using Dubbing.Testing;
using Dubbing.Testing.Fixtures;
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
        var clip = folder.File("mp3.flv");
        await using (var encoder = ChildProcess.Start(Executables.Find("ffmpeg", "ffmpeg"),
            ["-nostdin", "-loglevel", "error", "-i", FixtureFiles.E, "-c:v", "copy", "-c:a", "libmp3lame", "-ar", "44100", clip]))
            Assert.Equal(0, await encoder.Exited.WaitAsync(Streams.Limit, TestContext.Current.CancellationToken));

        await using var stage = await Stage.Start(Streams.Options([Id]));
        await using var publisher = Publisher.Start(clip, stage.Media.RtmpUrl($"live/{Id}/in"), Publisher.Forever);
        var stream = await stage.WaitForState(Id, Streams.Limit, "degraded");
        Assert.Equal("no audio track: the audio is MP3, not AAC", (string?)stream["reason"]);
        Assert.Equal(0, (int)stream["restarts"]!);
        Assert.Empty(stage.Nginx.Publications.Of($"live/{Id}/out"));
        // Nothing is tried again, so nothing is needed.
        await Poll.Until(() => Streams.Workers(stage).Count == 0, Streams.Limit, () => "the worker stays");
        Assert.False(publisher.Finished.IsCompleted, "the publisher was thrown out");
    }
}
