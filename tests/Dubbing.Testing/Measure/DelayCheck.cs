namespace Dubbing.Testing.Measure;

/// <summary>The delay that viewers see is the one that was promised.</summary>
public static class DelayCheck
{
    private const double ToleranceMs = 200;

    /// <summary>
    /// Compares the arrival of each flash's first picture at a reader of the output with that of the same picture at a
    /// reader of the input; both recorded live by this process.
    /// </summary>
    public static CheckResult Run(Recording input, Recording output, double expectedSeconds)
    {
        var findings = new Findings("Delay");
        findings.Problem(input.Luma.Fault);
        var match = PictureMatch.Find(input, output);
        var flashes = input.Luma.FlashesMs.ToHashSet();
        var delays = new List<double>();
        foreach (var (i, index) in match.InputIndex.Index())
        {
            if (index is not { } source || !flashes.Contains(input.Video[source].Pts))
                continue;
            var delay = (output.Video[i].ArrivalNs - input.Video[source].ArrivalNs) / 1e6;
            delays.Add(delay);
            if (Math.Abs(delay - 1000 * expectedSeconds) > ToleranceMs)
                findings.Problem($"the flash at {output.Video[i].Pts} ms came {delay:0} ms after the input's, not {1000 * expectedSeconds:0}");
        }

        if (delays.Count == 0)
            findings.Problem("no flash is in both recordings");
        if (input.Video.Concat(output.Video).Any(v => v.ArrivalNs == 0))
            findings.Problem("a recording has no arrival stamps");
        findings.Figure("flashes", delays.Count);
        findings.Figure("median ms", Statistics.Median(delays));
        findings.Figure("smallest ms", delays.DefaultIfEmpty(0).Min());
        findings.Figure("largest ms", delays.DefaultIfEmpty(0).Max());
        findings.Figure("expected ms", 1000 * expectedSeconds);
        return findings.Result();
    }
}
