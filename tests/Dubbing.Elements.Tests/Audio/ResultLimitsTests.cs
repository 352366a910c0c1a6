using System.Diagnostics;
using System.Globalization;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Tests.Pipelines;
using Dubbing.Testing;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Audio;

/// <summary>A result that hangs, or is far more than it looks, costs its own fragment and nothing else: time, memory and threads are
/// bounded.</summary>
[Collection(nameof(PipelineCollection))]
public class ResultLimitsTests
{
    private const int Largest = 10 << 20;

    // More than what is decoded of a fragment of 6 s.
    private const int Samples = 7 * 48000;

    // A few copies of 10 MB, and the plugins that are loaded for a kind of file.
    private const long MemoryLimit = 160L << 20;

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ITestOutputHelper _output;

    public ResultLimitsTests(ITestOutputHelper output)
    {
        _output = output;
        TestPipeline.EnsureElements();
    }

    [Fact]
    public async Task A_decoder_that_hangs_costs_its_own_result_only_and_its_thread_ends_with_it()
    {
        // GStreamer's own identity, asleep in the streaming thread: no state change wakes it.
        var watch = Stopwatch.StartNew();
        var hung = Decode(ImpulseTrain.Wave(48000, 2), $"{ResultDecoder.Source} ! identity sleep-time=7000000");
        Assert.Equal(ImpulseTrain.Seconds * 96000, (await Decode(ImpulseTrain.Wave(48000, 2))).Length);
        Assert.False(hung.IsCompleted);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => hung);
        Assert.Contains("took longer than 5 s", failure.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, ResultDecoder.Timeout, ResultDecoder.Timeout + Slack);
        Assert.Equal(1, Threads());
        await AllFree();
        Assert.Equal(0, Threads());
    }

    [Fact]
    public async Task No_more_are_decoded_at_a_time_than_there_are_places()
    {
        var most = 0;
        var results = Enumerable.Range(0, 2 * ResultDecoder.MaxAtOnce)
            .Select(_ => Decode(ImpulseTrain.Wave(8000, 1), $"{ResultDecoder.Source} blocksize=1000000 ! identity sleep-time=60000")).ToList();
        var all = Task.WhenAll(results);
        await Poll.Until(() =>
        {
            most = Math.Max(most, Threads());
            return all.IsCompleted;
        }, Limit, () => $"{Threads()} threads, at most {most}");
        _output.WriteLine($"{results.Count} results, at most {most} threads");
        Assert.Equal(ResultDecoder.MaxAtOnce, most);
        Assert.All(await all, samples => Assert.NotEmpty(samples));
        await AllFree();
        Assert.Equal(0, Threads());
    }

    [Fact]
    public async Task A_result_that_nobody_needs_any_more_is_given_up()
    {
        using var gone = new CancellationTokenSource();
        var result = ResultDecoder.DecodeAsync(Results.Format, Results.Of(ImpulseTrain.Wave(48000, 2)), Samples,
            $"{ResultDecoder.Source} ! identity sleep-time=400000", cancel: gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result);
        await AllFree();
    }

    [Theory]
    [InlineData("mp3")]
    [InlineData("aac")]
    [InlineData("wav")]
    [InlineData("m4a")]
    [InlineData("m4a that skips an hour")]
    public async Task Hours_in_ten_megabytes_cost_no_more_than_a_fragment(string kind)
    {
        var data = kind switch
        {
            // One frame of silence, again and again.
            "mp3" => Repeat(ImpulseTrain.Encode("mp3", "-af volume=0 -c:a libmp3lame -b:a 8k -write_xing 0 -f mp3 -id3v2_version 0", 8000, 1)[72..144]),
            "aac" => Repeat(FirstAdtsFrame(ImpulseTrain.Encode("aac", "-af volume=0 -c:a aac -f adts", 8000, 1))),
            "wav" => Claim(Repeat(ImpulseTrain.Wave(1000, 1)[44..]), ImpulseTrain.Wave(1000, 1)),
            "m4a" => ImpulseTrain.Encode("m4a", "-af volume=0,apad=whole_dur=7200 -c:a aac", 8000, 1),
            _ => Patch(ImpulseTrain.Encode("m4a", "-c:a aac", 48000, 2), "elst", 12, 0x7fffffff),
        };
        var (samples, failure) = await Measure(kind, data);
        if (kind.StartsWith("m4a that", StringComparison.Ordinal))
            Assert.NotNull(failure);
        else
            Assert.Equal(Samples * 2, samples?.Length);
    }

    [Theory]
    [InlineData("RIFF____WAVE")]
    [InlineData("OggS")]
    [InlineData("fLaC")]
    [InlineData("____ftypM4A ")]
    [InlineData("ID3")]
    [InlineData("\u001aE\u00df\u00a3")]
    public async Task Ten_megabytes_of_noise_behind_a_good_beginning_are_refused(string magic)
    {
        var data = new byte[Largest];
        new Random(7).NextBytes(data);
        System.Text.Encoding.Latin1.GetBytes(magic).CopyTo(data, 0);
        var (_, failure) = await Measure(magic, data);
        Assert.NotNull(failure);
    }

    [Theory]
    [InlineData("stsz", 8)]
    [InlineData("stts", 4)]
    [InlineData("stsc", 4)]
    [InlineData("stco", 4)]
    [InlineData("stsd", 4)]
    [InlineData("elst", 4)]
    [InlineData("mvhd", 12)]
    [InlineData("mdhd", 12)]
    [InlineData("mvhd", -8)]
    [InlineData("esds", -8)]
    public async Task A_field_of_an_m4a_that_is_beyond_all_measure_is_harmless(string box, int offset) =>
        await Measure($"{box}+{offset}", Patch(ImpulseTrain.Encode("m4a", "-c:a aac", 48000, 2), box, offset, uint.MaxValue));

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(0u)]
    [InlineData(1u << 30)]
    public async Task A_wave_header_that_lies_about_sizes_loses_nothing(uint size)
    {
        var wave = ImpulseTrain.Wave(48000, 2);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(wave.AsSpan(4), size);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(wave.AsSpan(40), size);
        var offsets = ImpulseTrain.Offsets(await Decode(wave));
        Assert.All(offsets, offset => Assert.InRange(Math.Abs(offset), 0, 1));
    }

    private async Task<(short[]? Samples, string? Failure)> Measure(string name, byte[] data)
    {
        GC.Collect();
        var before = Resident("VmRSS");
        // The peak starts from what is used now.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5", TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        short[]? samples = null;
        string? failure = null;
        try
        {
            samples = await Decode(data);
        }
        catch (InvalidDataException refused)
        {
            failure = refused.Message;
        }
        var taken = watch.Elapsed;
        await AllFree();
        var peak = Resident("VmHWM") - before;
        _output.WriteLine($"{name}: {data.Length} bytes, {taken.TotalMilliseconds:0} ms, peak +{peak >> 20} MiB, "
            + (failure ?? $"{samples!.Length / 96000.0:0.00} s"));
        Assert.InRange(taken, TimeSpan.Zero, ResultDecoder.Timeout + Slack);
        Assert.InRange(peak, long.MinValue, MemoryLimit);
        Assert.Equal(0, Threads());
        return (samples, failure);
    }

    private static Task<short[]> Decode(byte[] data, string source = ResultDecoder.Source) => Results.Decode(Results.Of(data), Samples, source);

    private static Task AllFree() => Poll.Until(() => ResultDecoder.FreePlaces == ResultDecoder.MaxAtOnce && Threads() == 0, Limit,
        () => $"{ResultDecoder.FreePlaces} free places, {Threads()} threads");

    private static int Threads() => ProcessResources.Of(Environment.ProcessId).Threads.GetValueOrDefault("result-decoder");

    private static long Resident(string field) => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static byte[] FirstAdtsFrame(byte[] file) => file[..(((file[3] & 3) << 11) | (file[4] << 3) | (file[5] >> 5))];

    private static byte[] Repeat(byte[] frame)
    {
        var data = new byte[Largest / frame.Length * frame.Length];
        for (var at = 0; at < data.Length; at += frame.Length)
            frame.CopyTo(data, at);
        return data;
    }

    private static byte[] Claim(byte[] samples, byte[] wave)
    {
        byte[] data = [.. wave[..44], .. samples];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(40), samples.Length);
        return data;
    }

    // 4 bytes, so many behind the box's name.
    private static byte[] Patch(byte[] file, string box, int offset, uint value)
    {
        var at = file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(box)) + 4 + offset;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at), value);
        return file;
    }
}
