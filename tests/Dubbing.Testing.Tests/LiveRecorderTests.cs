using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Tests;

public sealed class LiveRecorderTests
{
    private const string Id = "test";
    private const string Input = $"live/{Id}/in";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

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
