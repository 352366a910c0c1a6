namespace Dubbing.Testing.Measure;

/// <summary>How fast a stream's clock runs, which its timestamps follow, against ours, by which it arrives.</summary>
public static class ClockCheck
{
    /// <summary>How far off the expected rate a clock may be, in millionths: what the network's jitter makes of it in a minute.</summary>
    public const double TolerancePpm = 30;

    /// <summary>Fits a line through the pictures' arrivals over their decoding times.</summary>
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

        var ppm = (1 / Slope([.. recording.Video.Select(v => (v.Dts, v.ArrivalNs / 1e6))]) - 1) * 1e6;
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
