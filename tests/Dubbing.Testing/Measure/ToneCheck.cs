namespace Dubbing.Testing.Measure;

/// <summary>Dubbed fragments are heard where they belong: the right tone, whole, and no other stream's or fragment's.</summary>
public static class ToneCheck
{
    /// <summary>How far a tone's edges may be from the fragment's, in ms.</summary>
    public const double DefaultEdgeToleranceMs = 5;

    private const double SmallestAmplitude = 0.01;
    private const double SmallestPurity = 0.7;
    private const double BlockMs = 10;

    // Blocks nearer to an edge see beyond it, and joins are faded over a few ms.
    private const double EdgeMs = 15;
    private const double LargestEdgeErrorMs = 200;
    private const double EdgeStepSamples = 8;

    /// <summary>Judges all fragments.</summary>
    /// <param name="audio">The decoded output; the fragments' times are on its timeline.</param>
    /// <param name="fragments">What should be heard.</param>
    /// <param name="edgeToleranceMs">How far an edge may be off.</param>
    public static CheckResult Run(
        DecodedAudio audio, IReadOnlyList<ToneFragment> fragments, double edgeToleranceMs = DefaultEdgeToleranceMs)
    {
        var findings = new Findings("Tones");
        findings.Figure("fragments", fragments.Count);
        findings.Problem(audio.Fault);
        if (fragments.Count == 0)
            findings.Problem("no fragments to judge");
        foreach (var (i, fragment) in fragments.Index())
        {
            var found = Listen(audio, fragment);
            findings.Figure($"fragment {i}: coverage", found.Coverage);
            if (found.OtherHz.Count > 0)
                findings.Problem($"fragment {i}: {string.Join(", ", found.OtherHz)} Hz is heard, not only {fragment.FrequencyHz} Hz");
            if (!found.IsPresent)
                findings.Problem($"fragment {i}: {fragment.FrequencyHz} Hz is not heard");
            else
                JudgeExtent(findings, i, found, edgeToleranceMs);
        }

        return findings.Result();
    }

    /// <summary>Measures one fragment: coverage, edges to about 0.5 ms, and other marks in it.</summary>
    public static ToneFinding Listen(DecodedAudio audio, ToneFragment fragment)
    {
        var startMs = 1000 * fragment.StartSeconds;
        var endMs = startMs + 1000 * fragment.DurationSeconds;
        var (blocks, present) = (0, 0);
        var amplitudes = new List<double>();
        var others = new SortedSet<double>();
        for (var ms = startMs + EdgeMs; ms <= endMs - EdgeMs; ms += BlockMs, blocks++)
        {
            var (amplitude, purity) = ToneProbe.At(audio.Samples, audio.SampleAt(ms), fragment.FrequencyHz);
            if (amplitude >= SmallestAmplitude && purity >= SmallestPurity)
            {
                present++;
                amplitudes.Add(amplitude);
            }
            else if (DominantMark(audio, ms, fragment.FrequencyHz) is { } other)
            {
                others.Add(other);
            }
        }

        var coverage = blocks == 0 ? 0 : (double)present / blocks;
        if (coverage < 0.5)
            return new ToneFinding(fragment, coverage, null, null, [.. others]);
        var half = Statistics.Median(amplitudes) / 2;
        return new ToneFinding(
            fragment, coverage, Edge(audio, fragment, startMs, -1, half), Edge(audio, fragment, endMs, 1, half), [.. others]);
    }

    private static void JudgeExtent(Findings findings, int i, ToneFinding found, double tolerance)
    {
        if (found.Coverage < 1)
            findings.Problem($"fragment {i}: the tone is missing in {100 * (1 - found.Coverage):0.0} % of the fragment");
        var start = 1000 * found.Expected.StartSeconds;
        if (!found.Expected.IsCut)
            JudgeEdge(findings, i, "begins", found.StartMs, start, tolerance);
        JudgeEdge(findings, i, "ends", found.EndMs, start + 1000 * found.Expected.DurationSeconds, tolerance);
    }

    private static void JudgeEdge(Findings findings, int i, string verb, double? found, double expected, double tolerance)
    {
        if (found is not { } edge)
        {
            findings.Problem($"fragment {i}: the tone {verb} nowhere within {LargestEdgeErrorMs} ms of {expected:0.0} ms");
            return;
        }

        findings.Figure($"fragment {i}: {verb} off ms", edge - expected);
        if (Math.Abs(edge - expected) > tolerance)
            findings.Problem($"fragment {i}: the tone {verb} at {edge:0.0} ms, {edge - expected:+0.0;-0.0;0.0} ms off");
    }

    // Walks outward across the expected edge to where the amplitude falls to half: under a symmetric window, the edge itself.
    private static double? Edge(DecodedAudio audio, ToneFragment fragment, double expectedMs, int step, double half)
    {
        var sample = audio.SampleAt(expectedMs - step * LargestEdgeErrorMs);
        var last = audio.SampleAt(expectedMs + step * LargestEdgeErrorMs);
        var before = double.NaN;
        for (; step * (last - sample) > 0; sample += step * EdgeStepSamples)
        {
            var amplitude = ToneProbe.At(audio.Samples, sample, fragment.FrequencyHz).Amplitude;
            if (before >= half && amplitude < half)
                return audio.MsAt(sample - step * EdgeStepSamples * (half - amplitude) / (before - amplitude));
            before = amplitude;
        }

        return null;
    }

    private static double? DominantMark(DecodedAudio audio, double ms, double expected)
    {
        foreach (var mark in Marks.Frequencies)
        {
            var (amplitude, purity) = ToneProbe.At(audio.Samples, audio.SampleAt(ms), mark);
            if (mark != expected && amplitude >= SmallestAmplitude && purity >= SmallestPurity)
                return mark;
        }

        return null;
    }
}
