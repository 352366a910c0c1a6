using Dubbing.Testing;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>What the other tests measure with, without a service in between. Here, since pacing is judged only where nothing else runs.</summary>
public sealed class RecordedViewerTests
{
    private const string Id = "test";
    private const string Input = $"live/{Id}/in";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_a_viewer_receives_is_recorded_stamped_and_judged()
    {
        await using var server = await NginxRtmp.Start([Id], new() { KeepIdleReaders = true });
        var clip = Recording.FromFile(FixtureFiles.E);
        var file = Path.GetTempFileName();
        // Two viewers, there before the publisher.
        await using var recorder = LiveRecorder.Start(Url(server), new() { FilePath = file });
        await using var other = LiveRecorder.Start(Url(server));
        await Poll.Until(async () => await server.Readers(Input) == 2, Limit, () => "the viewers do not come");
        var before = MonotonicClock.NowNs;
        await using var publisher = Publisher.Start(FixtureFiles.E, Url(server));

        var first = await recorder.FirstVideo.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.InRange(first.ArrivalNs, before, MonotonicClock.NowNs);
        Assert.InRange(MonotonicClock.ToUtc(first.ArrivalNs), DateTimeOffset.UtcNow.AddSeconds(-30), DateTimeOffset.UtcNow.AddSeconds(1));
        var last = clip.Video[^1].Dts - clip.Video[0].Dts;
        var end = await recorder.UntilAsync(t => t.Type == FlvTagType.Video && t.Timestamp >= first.Timestamp + last, Limit);
        await other.UntilAsync(t => t.Type == FlvTagType.Video && t.Timestamp == end.Timestamp, Limit);
        var recording = await recorder.StopAsync();
        var second = await other.StopAsync();

        var report = new MeasureReport(
            [VideoCheck.Run(clip, recording), AvCheck.Run(clip, recording), PacingCheck.Run(recording), DelayCheck.Run(recording, second, 0)]);
        Assert.True(report.Ok, report.ToTable());
        Assert.Equal(150, recording.Video.Count);
        Assert.Null(recorder.Fault);
        Assert.Equal(150, Recording.FromFile(file).Video.Count);
        File.Delete(file);
    }

    private static string Url(NginxRtmp server) => $"{server.RtmpBase}/{Input}";
}
