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
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(24);

    private static readonly int Repeats = (int)Math.Ceiling(double.Parse(
        Environment.GetEnvironmentVariable("DUBBING_SKEW_SECONDS") ?? "600", CultureInfo.InvariantCulture) / Cut.TotalSeconds);

    [Fact]
    [Trait("Category", "Soak")]
    public async Task It_follows_a_publisher_whose_clock_is_off()
    {
        var line = DocumentedLines.With("rtmp2src", "stssink");
        var signs = new[] { Ppm, -Ppm };
        var runs = await Task.WhenAll(signs.Select(ppm => LiveLine.RunAsync(
            programs, line, FixtureFiles.A, Repeats * Cut, new PublisherClock { Ppm = ppm, Cut = Cut, Repeats = Repeats })));

        var reports = signs.Zip(runs, (ppm, run) => new MeasureReport(
        [
            ClockCheck.Run("Input's clock", run.Input, ppm), ClockCheck.Run("Output's clock", run.Output, 0),
            VideoCheck.Run(run.Input, run.Output), AudioCheck.Run(run.Output), AvCheck.Run(run.Input, run.Output), PacingCheck.Run(run.Output),
            DelayCheck.Run(run.Input, run.Output, DelaySeconds),
        ])).ToList();
        foreach (var report in reports)
            output.WriteLine(report.ToTable());
        Assert.All(reports, report => Assert.True(report.Ok, report.ToTable()));
    }
}
