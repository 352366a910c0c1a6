using System.Buffers.Binary;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Audio;

/// <summary>Short pulses at known times, as a file of any kind, and where they are in what was decoded from it.</summary>
internal static class ImpulseTrain
{
    public const double Seconds = 2;

    // A Gaussian of this width on a carrier: short enough to be placed within a sample, and low enough that every codec and rate keeps it.
    private const double Width = 0.0004;
    private const double Carrier = 1500;
    private const double Search = 0.06;
    private const int Rate = 48000;

    // Samples on either side of a pulse's middle.
    private const int Half = 100;

    // A pulse that was found matches with some 10 samples of full amplitude.
    private const double Faintest = 1e5;

    private static readonly double[] Template = [.. Enumerable.Range(-Half, 2 * Half).Select(i => Pulse((double)i / Rate))];

    /// <summary>Times of the pulses in seconds: at uneven distances, so that one is not taken for the next.</summary>
    public static readonly double[] Times = [.. Enumerable.Range(0, 14).Select(i => 0.075 + i * 0.131 + i * i % 5 * 0.002)];

    /// <summary>A WAV file of 16-bit samples; all channels alike.</summary>
    public static byte[] Wave(int rate, int channels)
    {
        var data = new byte[44 + (int)(rate * Seconds) * channels * 2];
        "RIFF"u8.CopyTo(data);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(4), data.Length - 8);
        "WAVEfmt "u8.CopyTo(data.AsSpan(8));
        int[] fields = [16, 1 | channels << 16, rate, rate * channels * 2, channels * 2 | 16 << 16];
        for (var i = 0; i < fields.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(16 + 4 * i), fields[i]);
        "data"u8.CopyTo(data.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(40), data.Length - 44);
        for (var i = 0; i < data.Length / 2 - 22; i++)
            BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(44 + 2 * i), (short)(20000 * Times.Sum(time => Pulse((double)(i / channels) / rate - time))));
        return data;
    }

    /// <summary>The bare samples.</summary>
    public static byte[] Raw(int rate, int channels) => Wave(rate, channels)[44..];

    /// <summary>A file that ffmpeg makes of the WAV file.</summary>
    /// <param name="extension">The file's ending, by which ffmpeg chooses the container.</param>
    /// <param name="arguments">Codec and further settings.</param>
    /// <param name="rate">Samples a second.</param>
    /// <param name="channels">Channels.</param>
    public static byte[] Encode(string extension, string arguments, int rate, int channels)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("train." + extension);
        var (_, fault) = MediaTool.Ffmpeg(["-i", "pipe:0", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), file], Wave(rate, channels));
        Assert.Null(fault);
        return File.ReadAllBytes(file);
    }

    /// <summary>A file that a GStreamer pipeline makes of the WAV file.</summary>
    public static byte[] Mux(string elements, int rate, int channels)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("train.wav"), Wave(rate, channels));
        using (var pipeline = new TestPipeline(
            $"filesrc location={folder.File("train.wav")} ! wavparse ! audioconvert ! {elements} ! filesink location={folder.File("out")}"))
        {
            pipeline.Play();
            pipeline.WaitForEos();
        }
        return File.ReadAllBytes(folder.File("out"));
    }

    /// <summary>How far each pulse is from its place, in samples at 48 kHz; positive: late.</summary>
    /// <param name="samples">Interleaved stereo at 48 kHz.</param>
    public static double[] Offsets(short[] samples)
    {
        var mono = new double[samples.Length / 2];
        for (var i = 0; i < mono.Length; i++)
            mono[i] = (samples[2 * i] + samples[2 * i + 1]) / 2.0;
        return [.. Times.Select(time => Offset(mono, time * Rate))];
    }

    private static double Offset(double[] samples, double place)
    {
        var coarse = Enumerable.Range((int)(place - Search * Rate), (int)(2 * Search * Rate)).MaxBy(at => Match(samples, at));
        var at = Enumerable.Range(-20, 41).Select(step => coarse + step / 20.0).MaxBy(at => Match(samples, at));
        Assert.True(Match(samples, at) > Faintest, $"no pulse near {place / Rate:0.000} s");
        return at - place;
    }

    private static double Match(double[] samples, double at)
    {
        var whole = at == (int)at;
        var sum = 0.0;
        for (var i = Math.Max(0, (int)at - Half); i < Math.Min(samples.Length, (int)at + Half); i++)
            sum += samples[i] * (whole ? Template[i - (int)at + Half] : Pulse((i - at) / Rate));
        return sum;
    }

    private static double Pulse(double seconds) =>
        Math.Abs(seconds) > 5 * Width ? 0 : Math.Exp(-Math.Pow(seconds / Width, 2)) * Math.Cos(2 * Math.PI * Carrier * seconds);
}
