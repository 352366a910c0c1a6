using System.Runtime.InteropServices;

namespace Dubbing.Testing.Measure;

/// <summary>
/// A recording's audio as 48 kHz mono PCM on its timeline. The packets are decoded as they are: no edit list, no skip, so the
/// encoder's priming stays in and packet k begins at sample k·(samples per packet), in input and output alike.
/// </summary>
public sealed class DecodedAudio
{
    /// <summary>Rate of <see cref="Samples"/>, whatever the stream's own is.</summary>
    public const int Rate = 48000;

    // Resampling may round at both ends; anything more means that packets were lost in decoding.
    private const int LengthToleranceSamples = 64;

    /// <summary>Makes one from known samples.</summary>
    public DecodedAudio(float[] samples, double startMs, string? fault = null)
    {
        Samples = samples;
        StartMs = startMs;
        Fault = fault;
    }

    /// <summary>Samples in −1 … 1.</summary>
    public float[] Samples { get; }

    /// <summary>Time of the first sample on the stream's own timeline in ms.</summary>
    public double StartMs { get; }

    /// <summary>Time after the last sample in ms.</summary>
    public double EndMs => MsAt(Samples.Length);

    /// <summary>Why decoding was incomplete, or null.</summary>
    public string? Fault { get; }

    /// <summary>Time of a sample in ms.</summary>
    public double MsAt(double sample) => StartMs + sample * 1000 / Rate;

    /// <summary>The sample (not clamped, fractional) that plays at a time.</summary>
    public double SampleAt(double ms) => (ms - StartMs) * Rate / 1000;

    /// <summary>The samples of a stretch of time, cut at the ends of the recording.</summary>
    public ReadOnlySpan<float> Slice(double fromMs, double toMs)
    {
        var from = (int)Math.Clamp(Math.Round(SampleAt(fromMs)), 0, Samples.Length);
        var to = (int)Math.Clamp(Math.Round(SampleAt(toMs)), from, Samples.Length);
        return Samples.AsSpan(from, to - from);
    }

    internal static DecodedAudio Decode(Recording recording)
    {
        if (recording.Audio.Count == 0 || recording.AudioConfigs.Count == 0)
            return new DecodedAudio([], 0, "no audio");
        var (output, fault) = MediaTool.Ffmpeg(
            ["-f", "flv", "-i", "pipe:0", "-ac", "1", "-ar", $"{Rate}", "-f", "s16le", "pipe:1"],
            recording.Extract(FlvTagType.Audio).Flv);
        var samples = FromPcm(output);
        var config = recording.AudioConfigs[0];
        var expected = (double)recording.Audio.Count * config.SamplesPerPacket * Rate / config.SampleRate;
        if (fault is null && Math.Abs(samples.Length - expected) > LengthToleranceSamples)
            fault = $"{recording.Audio.Count} packets decode to {samples.Length} samples instead of {expected:f0}";
        return new DecodedAudio(samples, Anchor(recording.Audio, config), fault);
    }

    internal static float[] FromPcm(byte[] littleEndian)
    {
        var pcm = MemoryMarshal.Cast<byte, short>(littleEndian.AsSpan(0, littleEndian.Length & ~1));
        var samples = new float[pcm.Length];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = pcm[i] / 32768f;
        return samples;
    }

    // The timestamps are rounded to ms. The median of all, which a timeline that holds puts within 1 ms of the first one, is
    // nearer to the truth than the first alone.
    private static double Anchor(IReadOnlyList<AudioPacket> packets, AudioConfig config)
    {
        var packetMs = 1000.0 * config.SamplesPerPacket / config.SampleRate;
        var median = Statistics.Median(packets.Select((p, i) => p.Timestamp - packets[0].Timestamp - i * packetMs));
        return packets[0].Timestamp + Math.Clamp(median, -1, 1);
    }
}
