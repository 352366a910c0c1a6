using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The live lines of <c>docs/elements.md</c> are held against what the service is held against.</summary>
/// <remarks>A class each: they wait for most of their time, and run side by side.</remarks>
public abstract class LiveLineTests(StockPrograms programs, ITestOutputHelper output)
{
    private static readonly TimeSpan ClipLength = TimeSpan.FromSeconds(30);

    /// <summary>Runs a line on a live stream of 30 s; what comes out must be right.</summary>
    /// <param name="line">The line.</param>
    /// <param name="clipFile">What is published; null: the clip with B-frames.</param>
    /// <param name="clock">The publisher's clock; null: it keeps time.</param>
    /// <param name="settlingSeconds">A/V is judged from so many seconds of output on.</param>
    /// <returns>What the line wrote.</returns>
    protected async Task<IReadOnlyList<string>> RunAsync(
        string line, string? clipFile = null, PublisherClock? clock = null, double settlingSeconds = 0)
    {
        clipFile ??= FixtureFiles.A;
        var run = await LiveLine.RunAsync(programs, line, clipFile, ClipLength, clock);
        // The echo server returns the original's sound: every beep belongs where it was.
        var clip = Recording.FromFile(clipFile);
        var report = new MeasureReport(
        [
            VideoCheck.Run(clip, run.Output), AudioCheck.Run(run.Output), AvCheck.Run(clip, run.Output, settlingSeconds), PacingCheck.Run(run.Output),
        ]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable());
        return run.Said;
    }

    /// <summary>Every fragment of 2 s that a line cut was played dubbed.</summary>
    protected static void AssertDubbed(IReadOnlyList<string> said, int atLeast)
    {
        var outcomes = said.Where(line => line.Contains(" sts-fragment,", StringComparison.Ordinal)).ToList();
        Assert.InRange(outcomes.Count, atLeast, 16);
        Assert.All(outcomes.SkipLast(1), line => Assert.Contains("outcome=(string)dubbed", line, StringComparison.Ordinal));
        // The last one, if shorter than 1 s, is not sent.
        Assert.Matches(@"outcome=\(string\)dubbed|reason=\(string\)short", outcomes[^1]);
    }
}

/// <summary>Dubbed, over RTMP.</summary>
public sealed class DubbedLiveLineTests(StockPrograms programs, ITestOutputHelper output) : LiveLineTests(programs, output)
{
    [Fact]
    public async Task Video_is_untouched_and_audio_keeps_its_time() =>
        AssertDubbed(await RunAsync(DocumentedLines.With("rtmp2src", "stssink")), atLeast: 15);
}

/// <summary>Dubbed, over RTSP.</summary>
public sealed class RtspLiveLineTests(StockPrograms programs, ITestOutputHelper output) : LiveLineTests(programs, output)
{
    // RTCP brings audio and video together some seconds after the join.
    private const double Settling = 5;

    [Fact]
    public async Task Video_is_untouched_and_audio_keeps_its_time() =>
        // It joins within the first groups of pictures of 2 s.
        AssertDubbed(await RunAsync(DocumentedLines.With("rtspsrc", "stssink"), FixtureFiles.B, settlingSeconds: Settling), atLeast: 12);
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
    public async Task Video_is_untouched_and_audio_keeps_its_time() => AssertDubbed(
        await RunAsync(DocumentedLines.With("rtmp2src", "stssink"), clock: new PublisherClock { FirstTimestampMs = uint.MaxValue - BeforeWrapMs + 1 }),
        atLeast: 14);
}
