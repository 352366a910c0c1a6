using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sessions;

/// <summary>What is heard where the sound changes its source: no click, and the power of an equal-power fade.</summary>
public sealed class PlayoutJoinTests : PlayoutBench
{
    private const int Join = 19200;
    private const double OriginalLevel = 3000;
    private const double DubLevel = 6000;

    // Between unrelated sounds an ideal fade is 0 dB off; 25 runs of a millisecond of noise measure to about 0.2 dB.
    private const double LoudnessTolerance = 1;
    private const int Runs = 25;
    private const int Window = 48;

    // A hard cut between these sounds gives steps 10 to 40 times as large as the sounds' own.
    private const double LargestStep = 2;

    private static readonly double[] White = MakeNoise();

    public enum Kind
    {
        Original,
        Duck,
        Silence,
        Last,
        Dubbed,
        Gap,
    }

    public static TheoryData<Kind, Kind> Pairs()
    {
        var pairs = new TheoryData<Kind, Kind>();
        foreach (var from in Enum.GetValues<Kind>())
        {
            foreach (var to in Enum.GetValues<Kind>())
                pairs.Add(from, to);
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_loudness_through_a_join_of_unrelated_sounds_is_that_of_an_equal_power_fade(Kind from, Kind to)
    {
        var random = new Random(1);
        var power = new double[4 * Fade / Window];
        for (var run = 0; run < Runs; run++)
        {
            var all = Play(from, to, (_, level) => Noise(random, level));
            for (var i = 0; i < power.Length * Window; i++)
                power[i / Window] += Math.Pow(all[Join - 2 * Fade + i], 2) / Runs / Window;
        }
        for (var window = 0; window < power.Length; window++)
        {
            var error = Decibel(power[window]) - Decibel(Expected(from, to, window));
            Assert.True(Math.Abs(error) <= LoudnessTolerance, $"{from} to {to}: {error:0.00} dB in window {window - power.Length / 2}");
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void No_join_clicks(Kind from, Kind to)
    {
        for (var phase = 0; phase < 16; phase++)
        {
            var turn = phase * Math.PI / 8;
            var all = Play(from, to, (source, level) => Tone(level, source * turn));
            var inside = Steepest(all, Join - 1, Join + Fade + 1);
            var around = Math.Max(Steepest(all, Join - 2400, Join - 1), Steepest(all, Join + Fade + 1, Join + 2400));
            Assert.True(inside <= LargestStep * around, $"{from} to {to}, phase {phase}: a step of {inside} where {around} is usual");
        }
    }

    [Fact]
    public void A_hard_cut_is_a_click()
    {
        var cut = Tone(OriginalLevel, 0)[..1000].Concat(Tone(DubLevel, 1)).ToList();
        Assert.True(Steepest(cut, 999, 1001) > 5 * LargestStep * Steepest(cut, 1001, 2400));
    }

    [Fact]
    public void Original_goes_on_into_original_bit_by_bit()
    {
        var noise = Noise(new Random(2), OriginalLevel);
        Slot(0, 9600, Outcome.Fallback);
        Slot(9600, 14400, Outcome.Fallback);
        Slot(14400, 28800, Outcome.Fallback);
        Playout.Original.Write(0, noise);
        Assert.Equal(noise[Fade..28800], ReadAll(0).Skip(Fade));
    }

    [Fact]
    public void What_outlasts_the_end_fades_into_the_silence_behind_it()
    {
        // At its crest where it is cut off.
        Dubbed(0, Tone(DubLevel, Math.PI / 2));
        Playout.InputEnded = true;
        var all = ReadAll(0);
        Assert.Equal(9600, all.Count);
        var tail = new short[2 * Fade];
        Playout.ReadTail(tail);
        Assert.InRange(Steepest([.. all, .. tail], 9600 - 2, 9600 + Fade), 0, LargestStep * Steepest(all, 1000, 4000));
        Assert.All(tail[Fade..], sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void A_change_within_a_fade_does_not_click()
    {
        // A hole shorter than the fade: original, silence and original again within 4 ms.
        Slot(0, 9600, Outcome.Fallback);
        var tone = Tone(OriginalLevel, 0.4);
        Playout.Original.Write(0, tone[..5000]);
        Playout.Original.Write(5100, tone[5000..9500]);
        var all = ReadAll(0);
        Assert.Equal(9600, all.Count);
        Assert.InRange(Steepest(all, 4900, 5400), 0, LargestStep * Steepest(all, 1000, 4000));
    }

    // Slot 0 is dubbed, so that there is something to repeat; slots 1 and 2 are the two sides of the join.
    private static List<short> Play(Kind from, Kind to, Func<int, double, short[]> sound)
    {
        using var bench = new Pair();
        return bench.Play(from, to, sound);
    }

    private sealed class Pair : PlayoutBench
    {
        public List<short> Play(Kind from, Kind to, Func<int, double, short[]> sound)
        {
            Playout.Original.Write(0, sound(1, OriginalLevel));
            Dubbed(0, sound(2, DubLevel));
            var all = new List<short>();
            Add(1, from, sound);
            // The slot after a gap is what the gap is known by.
            Add(2, to, sound);
            Add(3, Kind.Original, sound);
            foreach (var kind in (Kind[])[Kind.Original, from, to])
            {
                Playout.Fallback = Enum.TryParse<FallbackMode>($"{kind}", out var mode) ? mode : FallbackMode.Original;
                for (var i = 0; i < 10; i++)
                {
                    Assert.Equal(PlayoutResult.Data, Read(0, out var samples).Result);
                    Assert.Equal(Piece, samples.Length);
                    all.AddRange(samples);
                }
            }
            return all;
        }

        private void Add(int index, Kind kind, Func<int, double, short[]> sound)
        {
            if (kind == Kind.Dubbed)
                Dubbed(index, sound(2 + index, DubLevel));
            else if (kind != Kind.Gap)
                Slot(index * 9600, (index + 1) * 9600, Outcome.Fallback);
        }
    }

    private static double Expected(Kind from, Kind to, int window)
    {
        var isSame = from == to && from is Kind.Original or Kind.Duck or Kind.Silence or Kind.Gap;
        double sum = 0;
        for (var i = 0; i < Window; i++)
        {
            var at = window * Window + i - 2 * Fade;
            var angle = Math.PI / 2 * Math.Clamp((at + 0.5) / Fade, 0, 1);
            sum += isSame
                ? Power(to)
                : Power(from) * Math.Pow(Math.Cos(angle), 2) + Power(to) * Math.Pow(Math.Sin(angle), 2);
        }
        return sum / Window;
    }

    private static double Power(Kind kind) => kind switch
    {
        Kind.Original => OriginalLevel * OriginalLevel,
        Kind.Duck => Math.Pow(OriginalLevel, 2) * Math.Pow(10, -1.2),
        Kind.Dubbed or Kind.Last => DubLevel * DubLevel,
        _ => 0,
    };

    // Below -40 dB of the louder sound nobody hears a difference.
    private static double Decibel(double power) => 10 * Math.Log10(power + DubLevel * DubLevel * 1e-4);

    private static short[] Noise(Random random, double level)
    {
        var noise = new short[4 * 9600];
        var from = random.Next(White.Length - noise.Length);
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (short)(White[from + i] * level);
        return noise;
    }

    // Of power 1.
    private static double[] MakeNoise()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 1 << 20).Select(_ => (random.NextDouble() * 2 - 1) * Math.Sqrt(3))];
    }

    // 150 Hz, smooth enough for a cut to stand out.
    private static short[] Tone(double level, double phase)
    {
        var tone = new short[4 * 9600];
        for (var i = 0; i < tone.Length; i++)
            tone[i] = (short)(level * Math.Sqrt(2) * Math.Sin(2 * Math.PI * 150 * i / Format.Rate + phase));
        return tone;
    }

    private static int Steepest(List<short> samples, int from, int to)
    {
        var steepest = 0;
        for (var i = from; i < to; i++)
            steepest = Math.Max(steepest, Math.Abs(samples[i + 1] - samples[i]));
        return steepest;
    }
}
