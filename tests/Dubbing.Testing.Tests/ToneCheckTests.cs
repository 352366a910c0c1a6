using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class ToneCheckTests
{
    private const string Stream = "demo";
    private const double Seconds = 1.2;
    private const int Count = 5;

    // What the encoder puts before the content.
    private const double PrimingSeconds = 1024 / 48000.0;

    [Fact]
    public void Marks_follow_the_formula()
    {
        // FNV-1a of "a" is e40c292c: slot 4.
        Assert.Equal([4100.0, 4460, 4820, 4280, 4640, 4100], Enumerable.Range(0, 6).Select(s => Marks.MarkFrequency("a", s)));
        Assert.Equal(30, Marks.Frequencies.Distinct().Count());
        Assert.DoesNotContain(Marks.Frequencies, f => Math.Abs(f - BeepDetector.FrequencyHz) < 90);
    }

    [Fact]
    public void Marks_in_place_pass_through_an_encoder()
    {
        var result = Check(Tones(k => Marks.MarkFrequency(Stream, k)));
        Assert.True(result.Ok, result.ToString());
        Assert.All(result.Figures.Where(f => f.Key.EndsWith("off ms", StringComparison.Ordinal)), f => Assert.InRange(f.Value, -1, 1));
    }

    [Fact]
    public void A_tone_of_the_wrong_fragment_fails() =>
        Fails(Tones(k => Marks.MarkFrequency(Stream, k == 2 ? 4 : k)), "fragment 2", $"{Marks.MarkFrequency(Stream, 4)} Hz is heard");

    [Fact]
    public void A_tone_of_another_stream_fails() =>
        Fails(Tones(k => Marks.MarkFrequency(k == 2 ? "a" : Stream, k)), "fragment 2", $"{Marks.MarkFrequency("a", 2)} Hz is heard");

    [Fact]
    public void A_tone_of_another_stream_for_50_ms_fails()
    {
        var samples = Tones(k => Marks.MarkFrequency(Stream, k));
        Fill(samples, 1.5, 0.05, Marks.MarkFrequency("a", 1));
        Fails(samples, "fragment 1", $"{Marks.MarkFrequency("a", 1)} Hz is heard");
    }

    [Fact]
    public void Original_audio_in_place_of_a_tone_fails()
    {
        var samples = Tones(k => Marks.MarkFrequency(Stream, k));
        Clips.E.Pcm.Slice(1000, 1000 + 1000 * Seconds).CopyTo(samples.AsSpan(At(2 * Seconds)));
        Fails(samples, "fragment 2", "is not heard");
    }

    [Fact]
    public void A_hole_in_a_tone_fails()
    {
        var samples = Tones(k => Marks.MarkFrequency(Stream, k));
        Fill(samples, 2.8, 0.03, 0);
        Fails(samples, "fragment 2", "the tone is missing in");
    }

    [Fact]
    public void A_tone_that_begins_20_ms_late_fails()
    {
        var samples = Tones(k => Marks.MarkFrequency(Stream, k));
        Fill(samples, 2 * Seconds, 0.02, 0);
        Fails(samples, "fragment 2", "the tone begins at 24");
    }

    [Fact]
    public void A_tone_that_runs_on_fails()
    {
        var samples = Tones(k => Marks.MarkFrequency(Stream, k));
        Fill(samples, 3 * Seconds, 0.012, Marks.MarkFrequency(Stream, 2));
        Fails(samples, "fragment 2", "the tone ends at 36");
    }

    private static void Fails(float[] samples, params string[] because)
    {
        var result = Check(samples);
        Assert.False(result.Ok);
        Assert.Contains(result.Problems, p => because.All(b => p.Contains(b, StringComparison.Ordinal)));
    }

    private static CheckResult Check(float[] samples)
    {
        var recording = Edit.Encoded(samples);
        return ToneCheck.Run(
            recording.Pcm,
            [.. Enumerable.Range(0, Count).Select(k => new ToneFragment(PrimingSeconds + k * Seconds, Seconds, Marks.MarkFrequency(Stream, k)))]);
    }

    private static float[] Tones(Func<int, double> frequency)
    {
        var samples = new float[At(Count * Seconds + 0.5)];
        for (var k = 0; k < Count; k++)
            Fill(samples, k * Seconds, Seconds, frequency(k));
        return samples;
    }

    private static void Fill(float[] samples, double from, double seconds, double frequency)
    {
        for (var i = At(from); i < At(from + seconds); i++)
            samples[i] = 0.3f * (float)Math.Sin(2 * Math.PI * frequency * i / DecodedAudio.Rate);
    }

    private static int At(double seconds) => (int)Math.Round(seconds * DecodedAudio.Rate);
}
