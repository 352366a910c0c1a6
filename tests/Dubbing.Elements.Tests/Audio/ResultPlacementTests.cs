namespace Dubbing.Elements.Tests.Audio;

/// <summary>Whatever a server returns, each sound lies in the decoded audio where it lay before it was encoded.</summary>
public class ResultPlacementTests
{
    // Where the file tells what is to be left out, or nothing is: the rounding of a resampler.
    private const double Exact = 1.5;

    // 1 ms, where it does not and the usual encoder is assumed.
    private const double Assumed = 48;

    private readonly ITestOutputHelper _output;

    public ResultPlacementTests(ITestOutputHelper output)
    {
        _output = output;
        TestPipeline.EnsureElements();
    }

    [Theory]
    [InlineData(8000, 1)]
    [InlineData(22050, 1)]
    [InlineData(44100, 2)]
    [InlineData(48000, 2)]
    [InlineData(48000, 6)]
    [InlineData(96000, 1)]
    public async Task Wave_files_and_bare_samples_of_any_rate(int rate, int channels)
    {
        await AssertPlaced(ImpulseTrain.Wave(rate, channels), "wav", Exact);
        if (channels <= 2)
            await AssertPlaced(ImpulseTrain.Raw(rate, channels), "pcm_s16le", Exact, rate, channels);
    }

    [Theory]
    [InlineData("m4a", "-c:a aac", 48000, 2)]
    [InlineData("m4a", "-c:a aac -movflags +faststart", 44100, 1)]
    [InlineData("m4a", "-c:a aac", 22050, 1)]
    [InlineData("m4a", "-c:a aac", 96000, 2)]
    [InlineData("m4a", "-c:a aac", 48000, 6)]
    [InlineData("m4a", "-c:a alac", 44100, 2)]
    [InlineData("mp3", "-c:a libmp3lame", 48000, 2)]
    [InlineData("mp3", "-c:a libmp3lame", 44100, 1)]
    [InlineData("mp3", "-c:a libmp3lame -q:a 5 -write_id3v2 0", 44100, 2)]
    [InlineData("mp3", "-c:a libmp3lame", 22050, 1)]
    [InlineData("mp3", "-c:a libmp3lame", 8000, 1)]
    [InlineData("mp3", "-c:a libmp3lame -write_xing 0", 48000, 2)]
    [InlineData("ogg", "-c:a libopus", 48000, 2)]
    [InlineData("ogg", "-c:a libopus", 48000, 6)]
    [InlineData("ogg", "-c:a libopus", 8000, 1)]
    [InlineData("ogg", "-c:a libvorbis", 44100, 2)]
    [InlineData("webm", "-c:a libopus", 48000, 1)]
    [InlineData("aac", "-c:a aac -f adts", 48000, 2)]
    [InlineData("aac", "-c:a aac -f adts", 44100, 1)]
    [InlineData("flac", "-c:a flac", 96000, 2)]
    [InlineData("flac", "-c:a flac", 8000, 1)]
    public async Task Files_of_the_usual_encoders(string extension, string codec, int rate, int channels) =>
        await AssertPlaced(ImpulseTrain.Encode(extension, codec, rate, channels), extension, Exact);

    [Fact]
    public async Task Mp3_of_an_encoder_that_says_nothing() =>
        await AssertPlaced(ImpulseTrain.Encode("mp3", "-c:a libshine", 48000, 2), "mp3", Assumed);

    [Fact]
    public async Task Sound_that_an_edit_list_puts_later_comes_later()
    {
        var samples = await Decode(ImpulseTrain.Encode("m4a", "-c:a aac -output_ts_offset 0.25 -avoid_negative_ts 0", 48000, 2), "m4a");
        var offsets = ImpulseTrain.Offsets(samples[(2 * 12000)..]);
        _output.WriteLine(string.Join(' ', offsets.Select(offset => $"{offset:0.00}")));
        // ffmpeg counts edits in ms.
        Assert.All(offsets, offset => Assert.InRange(Math.Abs(offset), 0, Assumed));
    }

    // mp4mux leaves the encoder's priming in and tells so: voaacenc's is 1600 samples.
    [Fact]
    public async Task An_m4a_whose_edit_list_begins_with_the_first_sample_is_played_whole()
    {
        var offsets = ImpulseTrain.Offsets(await Decode(ImpulseTrain.Mux("voaacenc ! aacparse ! mp4mux movie-timescale=48000", 48000, 2), "m4a"));
        Assert.All(offsets, offset => Assert.InRange(offset, 1600 - Exact, 1600 + Exact));
    }

    [Theory]
    [InlineData("wav", "pcm_s16le")]
    [InlineData("m4a", "pcm_s16le")]
    [InlineData("mp3", "m4a")]
    [InlineData("aac", "mp3")]
    [InlineData("ogg", "wav")]
    [InlineData("flac", "")]
    public async Task A_wrong_name_does_no_harm(string extension, string name) =>
        await AssertPlaced(ImpulseTrain.Encode(extension, "", 48000, 2), name, Exact, 16000, 1);

    [Theory]
    [InlineData("m4a", "-c:a aac", 0)]
    [InlineData("m4a", "-c:a aac -movflags +faststart", 0)]
    [InlineData("mp3", "-c:a libmp3lame", 0)]
    [InlineData("ogg", "-c:a libopus", 0)]
    [InlineData("flac", "-c:a flac", 0)]
    [InlineData("aac", "-c:a aac -f adts", 1024)]
    public async Task It_is_as_long_as_what_was_encoded(string extension, string codec, int padding)
    {
        var samples = await Decode(ImpulseTrain.Encode(extension, codec, 48000, 2), extension);
        Assert.InRange(samples.Length / 2 - (int)(ImpulseTrain.Seconds * 48000), -2, padding);
    }

    private async Task AssertPlaced(byte[] data, string name, double tolerance, int rate = 0, int channels = 0)
    {
        var offsets = ImpulseTrain.Offsets(await Decode(data, name, rate, channels));
        _output.WriteLine($"{name} {rate} {channels}: {offsets.Min():0.00} … {offsets.Max():0.00} samples");
        Assert.All(offsets, offset => Assert.InRange(Math.Abs(offset), 0, tolerance));
    }

    private static Task<short[]> Decode(byte[] data, string name, int rate = 0, int channels = 0) => Results.Decode(Results.Of(data, name, rate, channels));
}
