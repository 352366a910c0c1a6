namespace Dubbing.Testing.Measure;

/// <summary>How fast a stream's clock runs, which its timestamps follow, against ours, by which it arrives.</summary>
public static class ClockCheck
{
    /// <summary>How far off the expected rate a clock may be, in millionths: what jitter makes of it in a minute.</summary>
    public const double TolerancePpm = 30;

    // What is late says nothing of the clock: in so much time some picture comes at once.
    private const long WindowMs = 5000;

    /// <summary>Fits a line through the arrivals over the decoding times, of the most punctual picture of each window.</summary>
    /// <param name="name">The line's name in a report.</param>
    /// <param name="recording">Recorded live.</param>
    /// <param name="expectedPpm">How much faster than ours the clock should run, in millionths.</param>
    public static CheckResult Run(string name, Recording recording, double expectedPpm)
    {
        var findings = new Findings(name);
        if (recording.Video.Count < 2 || recording.Video.Any(v => v.ArrivalNs == 0))
        {
            findings.Problem("no pictures with arrival stamps");
            return findings.Result();
        }

        var punctual = recording.Video.GroupBy(v => (v.Dts - recording.Video[0].Dts) / WindowMs)
            .Select(window => window.MinBy(v => v.ArrivalNs / 1e6 - v.Dts)!);
        var ppm = (1 / Slope([.. punctual.Select(v => (v.Dts, v.ArrivalNs / 1e6))]) - 1) * 1e6;
        findings.Figure("seconds", (recording.Video[^1].Dts - recording.Video[0].Dts) / 1000.0);
        findings.Figure("ppm", ppm);
        findings.Figure("expected ppm", expectedPpm);
        if (Math.Abs(ppm - expectedPpm) > TolerancePpm)
            findings.Problem($"the clock runs {ppm:+0;-0} ppm off ours, not {expectedPpm:+0;-0;0}");
        return findings.Result();
    }

    private static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(p => p.X), points.Average(p => p.Y));
        return points.Sum(p => (p.X - x) * (p.Y - y)) / points.Sum(p => (p.X - x) * (p.X - x));
    }
}
