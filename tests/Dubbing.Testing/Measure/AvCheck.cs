namespace Dubbing.Testing.Measure;

/// <summary>
/// Sound and picture belong together as they did in the input: every beep is as far from its flash. Both sides are decoded in
/// the same way, priming kept, so the input's own offset is the reference.
/// </summary>
public static class AvCheck
{
    /// <summary>How far a beep may move against its flash, in ms.</summary>
    public const double DefaultToleranceMs = 5;

    // Flashes are 1 s apart: a beep further away belongs to another one.
    private const double SearchMs = 450;

    /// <summary>Compares every pair of the output with the input's pair at the same picture.</summary>
    /// <param name="input">The published file, or what a reader of the input got.</param>
    /// <param name="output">What a reader of the output got, with its original sound.</param>
    /// <param name="settlingSeconds">Pairs in the output's first so many seconds are not judged (RTSP: 5).</param>
    /// <param name="hole">Where the published stream, unlike <paramref name="input"/>, has no sound, on the input's timeline.</param>
    /// <param name="toleranceMs">How far a beep may move.</param>
    public static CheckResult Run(
        Recording input, Recording output, double settlingSeconds = 0, TimeRange? hole = null, double toleranceMs = DefaultToleranceMs)
    {
        var findings = new Findings("A/V");
        foreach (var fault in new[] { input.Luma.Fault, input.Pcm.Fault, output.Luma.Fault, output.Pcm.Fault })
            findings.Problem(fault);

        var match = PictureMatch.Find(input, output);
        var inputPts = match.InputIndex.Index().Where(m => m.Item is not null).DistinctBy(m => output.Video[m.Index].Pts)
            .ToDictionary(m => output.Video[m.Index].Pts, m => input.Video[m.Item!.Value].Pts);
        var inputBeeps = BeepDetector.Find(input.Pcm);
        var outputBeeps = BeepDetector.Find(output.Pcm);
        var from = output.Video.Select(v => v.Pts).DefaultIfEmpty(0).Min() + 1000 * settlingSeconds;
        var (judged, edges, worst) = (0, 0, 0.0);
        var references = new List<double>();
        foreach (var flash in output.Luma.FlashesMs.Where(f => f >= from))
        {
            if (!inputPts.TryGetValue(flash, out var inputFlash))
            {
                findings.Problem($"the flash at {flash} ms is not in the input");
                continue;
            }

            if (inputFlash >= 1000 * hole?.StartSeconds && inputFlash < 1000 * hole?.EndSeconds)
                continue;
            if (Offset(inputBeeps, inputFlash) is not { } reference)
            {
                edges++;
                continue;
            }

            if (!IsInside(output.Pcm, flash + reference))
            {
                edges++;
                continue;
            }

            judged++;
            references.Add(reference);
            if (Offset(outputBeeps, flash) is not { } offset)
            {
                findings.Problem($"the flash at {flash} ms has no beep");
                continue;
            }

            if (Math.Abs(offset - reference) > Math.Abs(worst))
                worst = offset - reference;
            findings.Figure($"pair {judged} at {flash} ms: change ms", offset - reference);
            if (Math.Abs(offset - reference) > toleranceMs)
                findings.Problem($"at {flash} ms the beep comes {offset:+0.0;-0.0;0.0} ms after the flash, in the input {reference:+0.0;-0.0;0.0}");
        }

        if (judged == 0)
            findings.Problem("no flash with a beep to judge");
        findings.Figure("pairs", judged);
        findings.Figure("pairs cut at an edge", edges);
        findings.Figure("input offset ms", Statistics.Median(references));
        findings.Figure("worst change ms", worst);
        return findings.Result();
    }

    private static double? Offset(IReadOnlyList<Beep> beeps, long flash)
    {
        var near = beeps.Where(b => Math.Abs(b.OnsetMs - flash) <= SearchMs).Select(b => b.OnsetMs - flash).ToList();
        return near.Count == 0 ? null : near.MinBy(Math.Abs);
    }

    // Whether a whole beep, as far off as it may be, lies within the recording.
    private static bool IsInside(DecodedAudio audio, double beepMs) =>
        beepMs - 2 * DefaultToleranceMs >= audio.StartMs && beepMs + BeepDetector.LengthMs + 2 * DefaultToleranceMs <= audio.EndMs;
}
