using System.Globalization;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The line of <c>docs/elements.md</c> that dubs a live stream follows a publisher whose clock is off: delay, pace, and how sound lies to
/// picture, stay for ten minutes (<c>DUBBING_SKEW_SECONDS</c>). Part of <c>make soak</c>.</summary>
public sealed class SkewedLiveLineTests(StockPrograms programs, ITestOutputHelper output)
{
    private const double Ppm = 500;

    // The line's fragment, timeout and margin.
    private const double DelaySeconds = 5;

    // Whole AAC frames and groups of pictures: it can be repeated without a seam.
    private const int RepeatBegin = 2;
    private const int RepeatEnd = 26;

    private static readonly int Repeats = (int)Math.Ceiling(double.Parse(
        Environment.GetEnvironmentVariable("DUBBING_SKEW_SECONDS") ?? "600", CultureInfo.InvariantCulture) / (RepeatEnd - RepeatBegin));

    [Fact]
    [Trait("Category", "Soak")]
    public async Task It_follows_a_publisher_whose_clock_is_off()
    {
        // Nothing listens there, so that the original plays: the echo server returns each fragment as it is, and a beep at its beginning is damaged, as
        // the first AAC frame of a file is.
        var line = DocumentedLines.With("rtmp2src", "stssink").Replace("http://127.0.0.1:3000", "http://127.0.0.1:1", StringComparison.Ordinal);
        var signs = new[] { Ppm, -Ppm };
        var runs = await Task.WhenAll(signs.Select(ppm => LiveLine.RunAsync(
            programs, line, FixtureFiles.A, TimeSpan.FromSeconds(RepeatBegin + Repeats * (RepeatEnd - RepeatBegin)),
            new PublisherClock { Ppm = ppm, Repeat = (RepeatBegin, RepeatEnd, Repeats) })));

        var clip = Recording.FromFile(FixtureFiles.A);
        var reports = signs.Zip(runs, (ppm, run) => Judge(ppm, run.Input.WithPicturesOf(clip), run.Output.WithPicturesOf(clip))).ToList();
        foreach (var report in reports)
            output.WriteLine(report.ToTable());
        Assert.All(reports, report => Assert.True(report.Ok, report.ToTable()));
    }

    private static MeasureReport Judge(double ppm, Recording input, Recording output) => new(
    [
        // It is off indeed.
        ClockCheck.Run("Clock", input, ppm),
        VideoCheck.Run(input, output), AudioCheck.Run(output), AvCheck.Run(input, output), PacingCheck.Run(output),
        DelayCheck.Run(input, output, DelaySeconds),
    ]);
}
