namespace Dubbing.Elements.Audio;

/// <summary>The one audio format inside: interleaved signed 16-bit, and arithmetic on it.</summary>
/// <param name="Rate">Samples a second.</param>
/// <param name="Channels">Channels; a sample is one value for each.</param>
public sealed record Pcm(int Rate, int Channels)
{
    /// <summary>The caps' string form.</summary>
    public string Caps =>
        $"audio/x-raw,format=S16LE,layout=interleaved,rate={Rate},channels={Channels}"
        + (Channels == 2 ? ",channel-mask=(bitmask)0x3" : "");

    /// <summary>The sample at or next to a time in ns.</summary>
    public long ToSamples(ulong time) => (long)(((UInt128)time * (uint)Rate + 500_000_000) / 1_000_000_000);

    /// <summary>The time of a sample in ns.</summary>
    public ulong ToTime(long samples) => (ulong)(((UInt128)(ulong)samples * 1_000_000_000 + (uint)Rate / 2) / (uint)Rate);

    /// <summary>Samples in a length of time.</summary>
    public int Samples(TimeSpan time) => (int)(time.Ticks * Rate / TimeSpan.TicksPerSecond);

    /// <summary>Fills <paramref name="target"/> with <paramref name="source"/> at a slightly different speed, by cubic (Hermite)
    /// interpolation: for corrections of a sample or so per thousand.</summary>
    public void Stretch(ReadOnlySpan<short> source, Span<short> target)
    {
        var from = source.Length / Channels;
        var to = target.Length / Channels;
        if (from == to)
        {
            source.CopyTo(target);
            return;
        }
        for (var i = 0; i < to; i++)
        {
            var at = (double)i * from / to;
            var index = (int)at;
            var t = at - index;
            for (var c = 0; c < Channels; c++)
            {
                double a = At(source, index - 1, from, c), b = At(source, index, from, c);
                double d = At(source, index + 1, from, c), e = At(source, index + 2, from, c);
                var value = b + 0.5 * t * (d - a + t * (2 * a - 5 * b + 4 * d - e + t * (3 * (b - d) + e - a)));
                target[i * Channels + c] = (short)Math.Clamp(Math.Round(value), short.MinValue, short.MaxValue);
            }
        }
    }

    /// <summary>Equal-power crossfade: <paramref name="target"/> holds what comes in and receives the mix.</summary>
    /// <param name="target">What comes in.</param>
    /// <param name="outgoing">What goes out, as long as <paramref name="target"/>.</param>
    /// <param name="start">Sample of the fade at which both begin.</param>
    /// <param name="length">Samples of the whole fade.</param>
    public void Crossfade(Span<short> target, ReadOnlySpan<short> outgoing, int start, int length)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var angle = Math.PI / 2 * (start + i / Channels + 0.5) / length;
            var mix = target[i] * Math.Sin(angle) + outgoing[i] * Math.Cos(angle);
            target[i] = (short)Math.Clamp(Math.Round(mix), short.MinValue, short.MaxValue);
        }
    }

    /// <summary>Changes the level.</summary>
    /// <param name="samples">Samples; changed in place.</param>
    /// <param name="gain">Factor.</param>
    public static void Amplify(Span<short> samples, double gain)
    {
        foreach (ref var sample in samples)
            sample = (short)Math.Clamp(Math.Round(sample * gain), short.MinValue, short.MaxValue);
    }

    private short At(ReadOnlySpan<short> source, int sample, int count, int channel) =>
        source[Math.Clamp(sample, 0, count - 1) * Channels + channel];
}
