namespace Dubbing.Testing.Measure;

/// <summary>
/// Levels of the output against a continuous decode in 5 ms blocks. Against one that went through the same encoder at the same
/// samples (<see cref="EncodedAgain"/>) the 0.5 dB stand as they are. An encoder alone is off by more in a few blocks of a hundred
/// (measured with voaacenc: 2 dB in loud ones, 10 dB in quiet ones), so against the input itself a join is judged by what the same
/// recording does away from joins at the same level.
/// </summary>
/// <param name="input">The continuous decode.</param>
/// <param name="output">What is judged.</param>
/// <param name="encodedAlike">Both went through the same encoder.</param>
internal sealed class JoinLevels(DecodedAudio input, DecodedAudio output, bool encodedAlike)
{
    private const double BlockMs = 5;
    private const double ToleranceDb = 0.5;
    private const double QuietestDb = -50;

    // A frame decoded without its predecessor is damaged in its first 21 ms; the encoder smears that a little.
    private const double BeforeJoinMs = 10;
    private const double AfterJoinMs = 40;

    // How much worse than the worst elsewhere is a fault, and which blocks count as equally loud.
    private const double Margin = 1.5;
    private const double SameLevelDb = 3;

    /// <summary>Judges the joins in a range of the output; <paramref name="shiftMs"/> is output time minus input time of the same sound.</summary>
    public void Judge(Findings findings, TimeRange range, double shiftMs, IReadOnlyList<double> joinsMs)
    {
        var blocks = Blocks(1000 * range.StartSeconds, 1000 * range.EndSeconds, shiftMs).ToList();
        var elsewhere = blocks.Where(b => !joinsMs.Any(j => IsAt(j, b.Ms))).ToList();
        var worstOfAll = 0.0;
        foreach (var join in joinsMs)
        {
            var worst = 0.0;
            foreach (var (ms, level, off) in Blocks(join - BeforeJoinMs, join + AfterJoinMs, shiftMs))
            {
                if (Math.Abs(off) > Math.Abs(worst))
                    worst = off;
                var usual = encodedAlike ? 0 : elsewhere.Where(b => b.Level >= level - SameLevelDb).Select(b => Math.Abs(b.Off)).DefaultIfEmpty(0).Max();
                if (Math.Abs(off) > Math.Max(ToleranceDb, Margin * usual))
                    findings.Problem($"join at {join:0} ms: the level at {ms:0} ms is {off:+0.0;-0.0;0.0} dB off, elsewhere at most {usual:0.0}");
            }

            findings.Figure($"join at {join:0} ms: worst level dB", worst);
            worstOfAll = Math.Max(worstOfAll, Math.Abs(worst));
        }

        if (joinsMs.Count > 0)
            findings.Figure("worst level at joins dB", worstOfAll);
    }

    private static bool IsAt(double join, double ms) => ms > join - BeforeJoinMs - BlockMs && ms < join + AfterJoinMs;

    private IEnumerable<(double Ms, double Level, double Off)> Blocks(double fromMs, double toMs, double shiftMs)
    {
        for (var ms = fromMs; ms + BlockMs <= toMs; ms += BlockMs)
        {
            var level = LevelDb(input.Slice(ms - shiftMs, ms - shiftMs + BlockMs));
            if (level >= QuietestDb)
                yield return (ms, level, LevelDb(output.Slice(ms, ms + BlockMs)) - level);
        }
    }

    private static double LevelDb(ReadOnlySpan<float> samples)
    {
        var power = 0.0;
        foreach (var s in samples)
            power += (double)s * s;
        return 10 * Math.Log10(Math.Max(power / Math.Max(samples.Length, 1), 1e-12));
    }
}
