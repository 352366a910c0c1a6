using System.Diagnostics;
using System.Runtime.InteropServices;
using Dubbing.Elements.Audio;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Audio;

public class ResultDecoderTests
{
    private const int Hertz = 1000;

    public ResultDecoderTests() => TestPipeline.EnsureElements();

    [Theory]
    [InlineData("m4a", "-c:a aac", 44100, 1)]
    [InlineData("m4a", "-c:a aac -movflags +faststart", 48000, 2)]
    [InlineData("mp3", "-c:a libmp3lame", 44100, 2)]
    [InlineData("wav", "-c:a pcm_s16le", 24000, 1)]
    [InlineData("ogg", "-c:a libopus", 48000, 2)]
    [InlineData("aac", "-c:a aac -f adts", 48000, 1)]
    [InlineData("flac", "-c:a flac", 16000, 1)]
    public async Task A_file_is_decoded_whatever_it_is(string extension, string codec, int rate, int channels) =>
        AssertTone(await Decode(Tone(extension, codec, rate, channels), extension));

    [Theory]
    [InlineData("-c:a libvorbis")]
    [InlineData("-c:a libmp3lame")]
    [InlineData("-c:a alac")]
    public async Task What_an_mp4_holds_besides_AAC_is_decoded(string codec) =>
        Assert.InRange((await Decode(Tone("mp4", codec, 48000, 2), "m4a")).Length / 2, 47500, 52000);

    [Theory]
    [InlineData(16000, 1)]
    [InlineData(48000, 2)]
    public async Task Bare_samples_are_decoded_by_what_the_server_says_of_them(int rate, int channels)
    {
        var raw = new short[rate * channels];
        for (var i = 0; i < raw.Length; i++)
            raw[i] = (short)(8000 * Math.Sin(2 * Math.PI * Hertz * (i / channels) / rate));
        AssertTone(await Decode(MemoryMarshal.AsBytes(raw.AsSpan()).ToArray(), "pcm_s16le", rate, channels));
        float[] floats = [.. raw.Select(sample => sample / 32768f)];
        AssertTone(await Decode(MemoryMarshal.AsBytes(floats.AsSpan()).ToArray(), "pcm_f32le", rate, channels));
    }

    [Fact]
    public async Task No_more_is_decoded_than_is_wanted() =>
        Assert.Equal(4800 * 2, (await Decode(Tone("wav", "-c:a pcm_s16le", 48000, 2), "wav", maxSamples: 4800)).Length);

    [Fact]
    public async Task Nothing_is_refused() => await Assert.ThrowsAsync<InvalidDataException>(() => Decode([], "m4a"));

    [Theory]
    [InlineData("noise")]
    [InlineData("text")]
    [InlineData("half an m4a")]
    [InlineData("wav without samples")]
    [InlineData("no rate")]
    [InlineData("huge rate")]
    public async Task What_is_no_audio_is_refused_in_time(string kind)
    {
        var noise = new byte[20000];
        new Random(3).NextBytes(noise);
        (byte[] Data, string Format, int Rate, int Channels) input = kind switch
        {
            "noise" => (noise, "m4a", 48000, 2),
            "text" => ("<html><body>502 Bad Gateway</body></html>"u8.ToArray(), "m4a", 48000, 2),
            "half an m4a" => (Tone("m4a", "-c:a aac", 48000, 2)[..3000], "m4a", 48000, 2),
            "wav without samples" => (Tone("wav", "-c:a pcm_s16le", 48000, 2)[..44], "wav", 48000, 2),
            "no rate" => (noise, "pcm_s16le", 0, 0),
            _ => (noise, "pcm_s16le", int.MaxValue, 2),
        };
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<InvalidDataException>(() => Decode(input.Data, input.Format, input.Rate, input.Channels));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, ResultDecoder.Timeout + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_wave_file_that_breaks_off_before_its_samples_is_not_given_to_a_decoder()
    {
        var wave = Tone("wav", "-c:a pcm_s16le", 48000, 2);
        var samples = wave.AsSpan().IndexOf("data"u8);
        // ffmpeg writes its name in a chunk of its own before them.
        Assert.InRange(samples, 45, 200);
        for (var length = 13; length <= samples; length += 7)
        {
            var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Decode(wave[..length], "wav"));
            Assert.EndsWith("a WAV file without samples", failure.Message, StringComparison.Ordinal);
        }
    }

    private static Task<short[]> Decode(byte[] data, string format, int rate = 0, int channels = 0, long maxSamples = 10 * 48000) =>
        Results.Decode(Results.Of(data, format, rate, channels), maxSamples);

    private static byte[] Tone(string extension, string codec, int rate, int channels)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("tone." + extension);
        var (_, fault) = MediaTool.Ffmpeg(
            ["-f", "lavfi", "-i", $"sine=frequency={Hertz}:duration=1", "-ar", $"{rate}", "-ac", $"{channels}", .. codec.Split(' '), file], []);
        Assert.Null(fault);
        return File.ReadAllBytes(file);
    }

    // A second of the tone, both channels alike; codecs may add their padding.
    private static void AssertTone(short[] samples)
    {
        Assert.InRange(samples.Length / 2, 47900, 52000);
        var middle = samples.AsSpan(samples.Length / 4 & ~1, samples.Length / 2 & ~1);
        for (var channel = 0; channel < 2; channel++)
        {
            double sine = 0, cosine = 0, all = 0;
            for (var i = channel; i < middle.Length; i += 2)
            {
                var angle = 2 * Math.PI * Hertz * (i / 2) / 48000.0;
                (sine, cosine, all) = (sine + middle[i] * Math.Sin(angle), cosine + middle[i] * Math.Cos(angle), all + (double)middle[i] * middle[i]);
            }
            var tone = 2 * (sine * sine + cosine * cosine) / (middle.Length / 2);
            Assert.True(tone / all > 0.98, $"channel {channel}: {tone / all:p} of the sound is the tone");
            Assert.True(Math.Sqrt(all / (middle.Length / 2)) > 1000, "the tone is too quiet");
        }
    }
}
