namespace Dubbing.Testing.Measure;

/// <summary>Level and purity of one tone at one instant: a Fourier coefficient under a Hann window of 20 ms.</summary>
internal static class ToneProbe
{
    private const int Window = DecodedAudio.Rate / 50;

    private static readonly double[] Hann = [.. Enumerable.Range(0, Window)
        .Select(i => 1 - Math.Cos(2 * Math.PI * (i + 0.5) / Window))];

    /// <summary>Amplitude (0 … 1) of the tone, and its share of the window's power; 0 outside of the samples.</summary>
    public static (double Amplitude, double Purity) At(float[] samples, double centre, double frequencyHz)
    {
        var first = (int)Math.Round(centre) - Window / 2;
        var turn = 2 * Math.PI * frequencyHz / DecodedAudio.Rate;
        var (stepSin, stepCos) = Math.SinCos(turn);
        var (sin, cos, re, im, power) = (0.0, 1.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < Window; i++)
        {
            if ((uint)(first + i) < (uint)samples.Length)
            {
                var s = samples[first + i] * Hann[i];
                re += s * cos;
                im += s * sin;
                power += s * samples[first + i];
            }

            (cos, sin) = (cos * stepCos - sin * stepSin, sin * stepCos + cos * stepSin);
        }

        var amplitude = 2 * Math.Sqrt(re * re + im * im) / Window;
        return (amplitude, amplitude * amplitude / 2 / Math.Max(power / Window, 1e-12));
    }
}
