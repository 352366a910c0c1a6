using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The live lines of <c>docs/elements.md</c>, on a publisher with B-frames, are held against what the service is held against.</summary>
public abstract class LiveLineTests(StockPrograms programs, ITestOutputHelper output)
{
    // The clip's 30 s, the line's latency, and a loaded machine.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(80);

    /// <summary>Runs a line on a live stream until that has ended; what comes out must be right.</summary>
    /// <param name="line">The line.</param>
    /// <param name="clock">The publisher's clock; null: it keeps time.</param>
    /// <returns>What the line wrote.</returns>
    protected async Task<IReadOnlyList<string>> RunAsync(string line, PublisherClock? clock = null)
    {
        await using var media = await NginxRtmp.Start(["demo"], new NginxRtmpOptions { KeepIdleReaders = true });
        await using var recorder = LiveRecorder.Start($"{media.RtmpBase}/live/demo/out", new LiveRecorderOptions { WaitForStream = Limit });
        var input = $"{media.RtmpBase}/live/demo/in";
        await using var publisher = clock is null ? Publisher.Start(FixtureFiles.A, input) : Publisher.Start(FixtureFiles.A, input, clock);
        await using var launched = programs.Start("sh", ["-euc", line.Replace("rtmp://127.0.0.1", media.RtmpBase, StringComparison.Ordinal)]);

        // The publisher leaves, what is inside is played, and the line ends by itself.
        var code = await launched.Exited.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.True(code == 0, launched.Tail());
        var recorded = await recorder.StopAsync();

        // The echo server returns the original's sound: every beep belongs where it was.
        var clip = Recording.FromFile(FixtureFiles.A);
        var report = new MeasureReport(
        [
            VideoCheck.Run(clip, recorded), AudioCheck.Run(recorded), AvCheck.Run(clip, recorded), PacingCheck.Run(recorded),
        ]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable());
        return [.. launched.Lines.Select(said => said.Text)];
    }
}

/// <summary>Dubbed.</summary>
public sealed class DubbedLiveLineTests(StockPrograms programs, ITestOutputHelper output) : LiveLineTests(programs, output)
{
    [Fact]
    public async Task Video_is_untouched_and_audio_keeps_its_time()
    {
        await using var sts = await EchoSts.Start();
        var lines = await RunAsync(DocumentedLines.With("rtmp2src", "stssink")
            .Replace("http://127.0.0.1:3000", $"{sts.Url}".TrimEnd('/'), StringComparison.Ordinal));

        var outcomes = lines.Where(line => line.Contains(" sts-fragment,", StringComparison.Ordinal)).ToList();
        // 30 s in fragments of 2 s; the last one, shorter than 1 s, is not sent.
        Assert.InRange(outcomes.Count, 15, 16);
        Assert.All(outcomes.Take(15), line => Assert.Contains("outcome=(string)dubbed", line, StringComparison.Ordinal));
        Assert.All(outcomes.Skip(15), line => Assert.Contains("reason=(string)short", line, StringComparison.Ordinal));
    }
}

/// <summary>Passed on by the helper elements.</summary>
public sealed class PassedOnLiveLineTests(StockPrograms programs, ITestOutputHelper output) : LiveLineTests(programs, output)
{
    [Fact]
    public Task Video_is_untouched_and_audio_keeps_its_time() => RunAsync(DocumentedLines.With("rtmp2src", "name=t latency="));
}

/// <summary>From a publisher whose 32-bit timestamps wrap on the way.</summary>
public sealed class WrappingLiveLineTests(StockPrograms programs, ITestOutputHelper output) : LiveLineTests(programs, output)
{
    // In the middle of a fragment and of a group of pictures.
    private const uint BeforeWrapMs = 13_010;

    [Fact]
    public Task Video_is_untouched_and_audio_keeps_its_time() => RunAsync(
        DocumentedLines.With("rtmp2src", "name=t latency="), new PublisherClock { FirstTimestampMs = uint.MaxValue - BeforeWrapMs + 1 });
}
