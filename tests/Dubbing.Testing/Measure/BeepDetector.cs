namespace Dubbing.Testing.Measure;

/// <summary>
/// Finds the fixtures' beeps to a fraction of a millisecond. A matched filter (the beep's frequency over the beep's length)
/// turns a beep into a triangle; its middle between the half heights is the onset, whatever the level and the codec's pre-echo.
/// </summary>
public static class BeepDetector
{
    /// <summary>Frequency of the beep in Hz.</summary>
    public const double FrequencyHz = 1310;

    /// <summary>Length of the beep in ms.</summary>
    public const double LengthMs = 40;

    private const double SmallestAmplitude = 0.05;

    // Share of the window's power that must be the beep's own.
    private const double SmallestPurity = 0.6;

    // A whole beep's triangle has 3/4 of its height a quarter of its base away; a cut beep has a flat top.
    private const double Shoulder = 0.75;
    private const double ShoulderTolerance = 0.12;

    private const int Window = (int)(LengthMs * DecodedAudio.Rate / 1000);

    /// <summary>All whole beeps, in order.</summary>
    public static IReadOnlyList<Beep> Find(DecodedAudio audio)
    {
        var (envelope, purity) = Filter(audio.Samples);
        var beeps = new List<Beep>();
        for (var i = 1; i < envelope.Length - 1; i++)
        {
            if (envelope[i] < SmallestAmplitude || purity[i] < SmallestPurity || !IsPeak(envelope, i))
                continue;
            if (Centre(envelope, i) is { } onset)
                beeps.Add(new Beep(audio.MsAt(onset), envelope[i]));
            i += Window / 2;
        }

        return beeps;
    }

    // Amplitude of the tone, and its share of the power, in the window that begins at each sample.
    private static (float[] Envelope, float[] Purity) Filter(float[] samples)
    {
        var count = Math.Max(0, samples.Length - Window);
        var (envelope, purity) = (new float[count], new float[count]);
        var sums = new (double Re, double Im, double Power)[samples.Length + 1];
        for (var i = 0; i < samples.Length; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * FrequencyHz * i / DecodedAudio.Rate);
            var s = (double)samples[i];
            sums[i + 1] = (sums[i].Re + s * cos, sums[i].Im + s * sin, sums[i].Power + s * s);
        }

        for (var i = 0; i < count; i++)
        {
            var (a, b) = (sums[i], sums[i + Window]);
            var amplitude = 2 * Math.Sqrt(Square(b.Re - a.Re) + Square(b.Im - a.Im)) / Window;
            envelope[i] = (float)amplitude;
            purity[i] = (float)(amplitude * amplitude / 2 * Window / Math.Max(b.Power - a.Power, 1e-12));
        }

        return (envelope, purity);
    }

    private static bool IsPeak(float[] envelope, int at)
    {
        if (envelope[at] < envelope[at - 1] || envelope[at] < envelope[at + 1])
            return false;
        var from = Math.Max(0, at - Window / 2);
        var to = Math.Min(envelope.Length, at + Window / 2);
        foreach (var value in envelope.AsSpan(from, to - from))
            if (value > envelope[at])
                return false;
        return true;
    }

    private static double? Centre(float[] envelope, int peak)
    {
        if (Crossing(envelope, peak, -1) is not { } left || Crossing(envelope, peak, 1) is not { } right)
            return null;
        var centre = (left + right) / 2;
        var shoulders = (At(envelope, centre - Window / 4.0) + At(envelope, centre + Window / 4.0)) / 2 / envelope[peak];
        return Math.Abs(shoulders - Shoulder) <= ShoulderTolerance ? centre : null;
    }

    // Where the envelope falls to half its peak, looking in one direction; null if it does not within a window.
    private static double? Crossing(float[] envelope, int peak, int step)
    {
        var half = envelope[peak] / 2;
        for (var i = peak; i + step >= 0 && i + step < envelope.Length && Math.Abs(i - peak) < Window; i += step)
            if (envelope[i + step] < half)
                return i + step * (envelope[i] - half) / (envelope[i] - envelope[i + step]);
        return null;
    }

    private static float At(float[] envelope, double index) => envelope[Math.Clamp((int)Math.Round(index), 0, envelope.Length - 1)];

    private static double Square(double x) => x * x;
}
