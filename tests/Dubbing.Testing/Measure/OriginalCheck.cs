namespace Dubbing.Testing.Measure;

/// <summary>Where original audio plays, it is the input's, at its own time, without damage at the joins.</summary>
public static class OriginalCheck
{
    private const double SmallestCorrelation = 0.98;

    // "Zero" is as exact as FLV: two audio and two video timelines, each rounded to whole milliseconds.
    private const double ZeroLagMs = 2;

    // MediaMTX rounds down what it relays, on the way in and on the way out.
    private const double RelayRoundingMs = 2;
    private const double SearchMs = 20;
    private const double SilenceMs = 20;

    // An encoder begins with silence of its own: 21 ms (ffmpeg) to 33 ms (voaacenc), and one frame if it begins between two.
    private const double PrimingMs = 55;

    /// <summary>Judges correlation over ranges, levels at joins, and digital silence.</summary>
    /// <param name="input">The input's audio, or its continuous decode after the same encoder.</param>
    /// <param name="output">The output's audio.</param>
    /// <param name="offsetMs">Output time minus input time, from <see cref="PictureMatch.OffsetMs"/>.</param>
    /// <param name="ranges">Where the output plays original audio, on its own timeline.</param>
    /// <param name="joinsSeconds">Where fragments join within the ranges; may be empty.</param>
    /// <param name="encodedAlike">The input is <see cref="EncodedAgain"/>: levels at joins must be the same within 0.5 dB.</param>
    /// <param name="relayedAsIs">False: the media server rounds timestamps itself.</param>
    public static CheckResult Run(
        DecodedAudio input, DecodedAudio output, double offsetMs, IReadOnlyList<TimeRange> ranges, IReadOnlyList<double> joinsSeconds,
        bool encodedAlike = false, bool relayedAsIs = true)
    {
        var findings = new Findings("Original");
        findings.Problem(input.Fault);
        findings.Problem(output.Fault);
        if (ranges.Count == 0)
            findings.Problem("no range to judge");
        var levels = new JoinLevels(input, output, encodedAlike);
        foreach (var (i, range) in ranges.Index())
        {
            var lagMs = CheckRange(findings, i, input, output, offsetMs, range, relayedAsIs ? ZeroLagMs : ZeroLagMs + RelayRoundingMs);
            var joins = joinsSeconds.Where(j => j > range.StartSeconds && j < range.EndSeconds).Select(j => 1000 * j).ToList();
            levels.Judge(findings, range, offsetMs + lagMs, joins);
        }

        CheckSilence(findings, input, output, offsetMs);
        return findings.Result();
    }

    private static double CheckRange(
        Findings findings, int number, DecodedAudio input, DecodedAudio output, double offsetMs, TimeRange range, double zeroLagMs)
    {
        const int Lags = (int)(SearchMs * DecodedAudio.Rate / 1000);
        var from = (int)Math.Round(output.SampleAt(1000 * range.StartSeconds));
        var length = (int)Math.Round(DecodedAudio.Rate * (range.EndSeconds - range.StartSeconds));
        var wanted = (int)Math.Round(input.SampleAt(1000 * range.StartSeconds - offsetMs)) - Lags;
        if (length <= 0 || from < 0 || wanted < 0
            || from + length > output.Samples.Length || wanted + length + 2 * Lags > input.Samples.Length)
        {
            findings.Problem($"range {number} ({range.StartSeconds:0.00}–{range.EndSeconds:0.00} s) is not within both recordings");
            return 0;
        }

        // What the output plays at t the input has at t − offset − lag: index 0 stands for the input earliest, so the output latest.
        var correlation = Correlation.AtLags(output.Samples.AsSpan(from, length), input.Samples.AsSpan(wanted, length + 2 * Lags), Lags);
        var best = Array.IndexOf(correlation, correlation.Max());
        var lagMs = (Lags - best) * 1000.0 / DecodedAudio.Rate;
        findings.Figure($"range {number}: correlation", correlation[best]);
        findings.Figure($"range {number}: correlation at lag 0", correlation[Lags]);
        findings.Figure($"range {number}: lag ms", lagMs);
        if (correlation[best] < SmallestCorrelation)
            findings.Problem($"range {number}: correlation {correlation[best]:0.000} at best, at lag {lagMs:+0.00;-0.00;0.00} ms");
        else if (Math.Abs(lagMs) > zeroLagMs)
            findings.Problem($"range {number}: the sound is {lagMs:+0.00;-0.00;0.00} ms late");
        return lagMs;
    }

    private static void CheckSilence(Findings findings, DecodedAudio input, DecodedAudio output, double offsetMs)
    {
        var known = Silence.Find(input, SilenceMs);
        var added = 0.0;
        foreach (var run in Silence.Find(output, SilenceMs))
        {
            var inside = Math.Min(run.EndMs, input.EndMs + offsetMs) - Math.Max(run.StartMs, input.StartMs + offsetMs);
            if (inside <= SilenceMs || (run.StartMs <= output.StartMs && run.EndMs - run.StartMs <= PrimingMs))
                continue;
            if (known.Any(k => k.StartMs + offsetMs - SilenceMs <= run.StartMs && k.EndMs + offsetMs + SilenceMs >= run.EndMs))
                continue;
            added += run.EndMs - run.StartMs;
            findings.Problem($"digital silence from {run.StartMs:0} to {run.EndMs:0} ms that the input does not have");
        }

        findings.Figure("added silence ms", added);
    }
}
