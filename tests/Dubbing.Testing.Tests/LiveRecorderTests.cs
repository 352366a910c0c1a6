using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Tests;

public sealed class LiveRecorderTests
{
    private const string Id = "test";
    private const string Input = $"live/{Id}/in";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_a_viewer_receives_is_recorded_stamped_and_judged()
    {
        await using var server = await NginxRtmp.Start([Id], new() { KeepIdleReaders = true });
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
        var last = Clips.E.Video[^1].Dts - Clips.E.Video[0].Dts;
        var end = await recorder.UntilAsync(t => t.Type == FlvTagType.Video && t.Timestamp >= first.Timestamp + last, Limit);
        await other.UntilAsync(t => t.Type == FlvTagType.Video && t.Timestamp == end.Timestamp, Limit);
        var recording = await recorder.StopAsync();
        var second = await other.StopAsync();

        var report = new MeasureReport(
            [VideoCheck.Run(Clips.E, recording), AvCheck.Run(Clips.E, recording), PacingCheck.Run(recording), DelayCheck.Run(recording, second, 0)]);
        Assert.True(report.Ok, report.ToTable());
        Assert.Equal(150, recording.Video.Count);
        Assert.Null(recorder.Fault);
        Assert.Equal(150, Recording.FromFile(file).Video.Count);
        File.Delete(file);
    }

    [Fact]
    public async Task A_stream_that_does_not_appear_ends_the_recording_with_a_reason()
    {
        await using var recorder = LiveRecorder.Start(
            "rtmp://127.0.0.1:1/live/secret", new() { WaitForStream = TimeSpan.FromSeconds(1) });
        await recorder.Ended.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.True(recorder.FirstVideo.IsCanceled);
        Assert.Contains("did not appear within 1 s", recorder.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", recorder.Fault, StringComparison.Ordinal);
        Assert.Empty((await recorder.StopAsync()).Tags);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => recorder.UntilAsync(_ => true, Limit));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_too()
    {
        await using var server = await NginxRtmp.Start([Id], new() { KeepIdleReaders = true });
        await using var recorder = LiveRecorder.Start(Url(server), new() { WaitForStream = TimeSpan.FromSeconds(2) });
        await recorder.Ended.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Contains("did not appear", recorder.Fault, StringComparison.Ordinal);
    }

    private static string Url(NginxRtmp server) => $"{server.RtmpBase}/{Input}";
}
