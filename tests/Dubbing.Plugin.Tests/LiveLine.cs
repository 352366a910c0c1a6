using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>A live line of <c>docs/elements.md</c> that runs from a publisher's beginning to its end, between a reader of its input and
/// one of its output.</summary>
/// <param name="Said">What the line wrote.</param>
/// <param name="Input">What a reader of the input got.</param>
/// <param name="Output">What a reader of the output got.</param>
internal sealed record LiveLine(IReadOnlyList<string> Said, Recording Input, Recording Output)
{
    // The line's latency, its start, and a loaded machine.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(50);

    /// <summary>Runs a line until the publisher has left, what was inside is played, and the line has ended by itself, well.</summary>
    /// <param name="programs">What it runs with.</param>
    /// <param name="line">As it stands in the documentation; servers are put in.</param>
    /// <param name="clip">What is published.</param>
    /// <param name="length">How long that lasts.</param>
    /// <param name="clock">The publisher's clock; null: it keeps time.</param>
    public static async Task<LiveLine> RunAsync(
        StockPrograms programs, string line, string clip, TimeSpan length, PublisherClock? clock = null)
    {
        var limit = length + Grace;
        await using var sts = await EchoSts.Start();
        await using var media = await NginxMediaServer.Start(["demo"], new NginxRtmpOptions { KeepIdleReaders = true });
        var input = media.RtmpUrl("live/demo/in");
        var waiting = new LiveRecorderOptions { WaitForStream = limit };
        await using var reader = LiveRecorder.Start(input, waiting);
        await using var viewer = LiveRecorder.Start(media.RtmpUrl("live/demo/out"), waiting);
        await using var publisher = clock is null ? Publisher.Start(clip, input) : Publisher.Start(clip, input, clock);
        // RTSP has nothing for a reader who comes before the publisher.
        if (line.Contains("rtsp://", StringComparison.Ordinal))
            await media.WaitForPublisher("live/demo/in", Grace);
        await using var launched = programs.Start("sh", ["-euc", line
            .Replace("rtmp://127.0.0.1", media.RtmpBase, StringComparison.Ordinal)
            .Replace("rtsp://127.0.0.1", media.RtspBase, StringComparison.Ordinal)
            .Replace("http://127.0.0.1:3000", $"{sts.Url}".TrimEnd('/'), StringComparison.Ordinal)]);

        var code = await launched.Exited.WaitAsync(limit, TestContext.Current.CancellationToken);
        Assert.True(code == 0, launched.Tail());
        return new LiveLine([.. launched.Lines.Select(said => said.Text)], await reader.StopAsync(), await viewer.StopAsync());
    }
}
