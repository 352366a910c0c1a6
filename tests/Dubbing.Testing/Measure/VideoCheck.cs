namespace Dubbing.Testing.Measure;

/// <summary>The output's pictures are the input's, byte for byte, from an IDR to the end, at their own times.</summary>
public static class VideoCheck
{
    // FLV timestamps are whole milliseconds.
    private const int CompositionToleranceMs = 1;
    private const double LargestStepFrames = 1.5;

    /// <summary>Compares slices, order, DTS, composition times and steps.</summary>
    /// <param name="input">The published file, or what a reader of the input got.</param>
    /// <param name="output">What a reader of the output got.</param>
    /// <param name="joinedAtNs">
    /// When the pipeline joined, on the arrival clock of <paramref name="input"/>: the output may begin no later than the
    /// first IDR that arrived after it. Without it any IDR will do.
    /// </param>
    /// <param name="relayedAsIs">
    /// False: the media server calculates decoding timestamps itself, so that only their order is judged.
    /// </param>
    public static CheckResult Run(Recording input, Recording output, long? joinedAtNs = null, bool relayedAsIs = true)
    {
        var findings = new Findings("Video");
        findings.Figure("pictures", output.Video.Count);
        findings.Figure("input pictures", input.Video.Count);
        foreach (var fault in output.Faults)
            findings.Problem(fault);
        if (output.Video.Count == 0 || input.Video.Count == 0)
        {
            findings.Problem("no video to compare");
            return findings.Result();
        }

        var match = PictureMatch.Find(input, output);
        CheckStart(findings, input, match, joinedAtNs);
        CheckSequence(findings, input, output, match);
        CheckTimes(findings, input, output, match, relayedAsIs);
        return findings.Result();
    }

    private static void CheckStart(Findings findings, Recording input, PictureMatch match, long? joinedAtNs)
    {
        if (match.InputIndex[0] is not { } first)
            return;
        findings.Figure("first input picture", first);
        if (!input.Video[first].IsIdr)
            findings.Problem($"the output begins with input picture {first}, which is no IDR");
        if (joinedAtNs is null)
            return;
        var expected = input.Video.Index().FirstOrDefault(v => v.Item.IsIdr && v.Item.ArrivalNs >= joinedAtNs, (Index: -1, Item: null!)).Index;
        if (expected < 0)
            findings.Problem("no IDR of the input arrived after the pipeline joined");
        else if (first > expected)
            findings.Problem($"the output begins with input picture {first}; the first IDR after joining is {expected}");
    }

    private static void CheckSequence(Findings findings, Recording input, Recording output, PictureMatch match)
    {
        var (missing, repeated, foreign) = (0, 0, 0);
        var next = match.InputIndex[0] ?? 0;
        for (var i = 0; i < output.Video.Count; i++)
        {
            var pts = output.Video[i].Pts;
            if (match.InputIndex[i] is not { } index)
            {
                foreign++;
                findings.Problem($"picture {i} (PTS {pts}) is not in the input");
                continue;
            }

            if (index > next)
            {
                missing += index - next;
                findings.Problem($"{index - next} input pictures from {next} on are missing before picture {i} (PTS {pts})");
            }
            else if (index < next)
            {
                repeated++;
                findings.Problem($"picture {i} (PTS {pts}) repeats input picture {index}");
            }

            next = Math.Max(next, index + 1);
        }

        if (next < input.Video.Count)
        {
            missing += input.Video.Count - next;
            findings.Problem($"the input's last {input.Video.Count - next} pictures are missing");
        }

        findings.Figure("missing", missing);
        findings.Figure("repeated", repeated);
        findings.Figure("foreign", foreign);
    }

    private static void CheckTimes(Findings findings, Recording input, Recording output, PictureMatch match, bool relayedAsIs)
    {
        var frame = input.FrameMs;
        var worst = 0L;
        for (var i = 0; i < output.Video.Count; i++)
        {
            var picture = output.Video[i];
            if (i > 0)
                CheckStep(findings, "DTS", output.Video[i - 1].Dts, picture.Dts, relayedAsIs ? frame : double.PositiveInfinity);
            if (match.InputIndex[i] is not { } index || !relayedAsIs)
                continue;
            var change = picture.Pts - picture.Dts - (input.Video[index].Pts - input.Video[index].Dts);
            worst = Math.Max(worst, Math.Abs(change));
            if (Math.Abs(change) > CompositionToleranceMs)
                findings.Problem($"PTS − DTS of picture {i} (PTS {picture.Pts}) is {change:+0;-0} ms off the input's");
        }

        var shown = output.Video.Select(v => v.Pts).Order().ToList();
        for (var i = 1; i < shown.Count; i++)
            CheckStep(findings, "PTS", shown[i - 1], shown[i], frame);
        findings.Figure("frame ms", frame);
        findings.Figure("worst PTS-DTS change ms", worst);
    }

    private static void CheckStep(Findings findings, string kind, long before, long after, double frame)
    {
        if (after <= before)
            findings.Problem($"{kind} {after} follows {before}");
        else if (after - before > LargestStepFrames * frame)
            findings.Problem($"{kind} steps {after - before} ms from {before} to {after}");
    }
}
