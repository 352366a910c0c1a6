using System.Buffers;
using System.Diagnostics;
using Dubbing.Elements.Sts;
using GLib;

namespace Dubbing.Elements.Audio;

/// <summary>Decodes what an STS server returned, whatever container, codec, rate or channel count it has. Thread-safe.</summary>
/// <remarks>At most <see cref="MaxAtOnce"/> results are decoded at a time in the whole process, each on a thread of its own that ends with it. A
/// result is given up after <see cref="Timeout"/>; should a decoder then not even stop, its thread keeps its place among those, so that
/// broken decoders can never take more.</remarks>
internal static class ResultDecoder
{
    /// <summary>A result that takes longer, waiting for its turn included, can't be used.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Most results that are decoded at a time: enough that one that hangs holds nobody up.</summary>
    public static readonly int MaxAtOnce = Math.Max(8, 2 * Environment.ProcessorCount);

    /// <summary>The stock source that can read a <see cref="MemoryFile"/> at random: an M4A's index stands at its end.</summary>
    public const string Source = "filesrc name=in";

    // How soon an error is noticed, or that nobody needs the result any more.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    // Not the shared pool: it would lose what is given back on a thread that ends. More than a fragment as WAV is left to the garbage collector.
    private static readonly ArrayPool<byte> Files = ArrayPool<byte>.Create(2 << 20, MaxAtOnce);

    private static readonly SemaphoreSlim Places = new(MaxAtOnce);

    /// <summary>How many decoders could start now.</summary>
    public static int FreePlaces => Places.CurrentCount;

    /// <summary>Decodes a whole file beside the caller.</summary>
    /// <param name="format">What comes out.</param>
    /// <param name="audio">The file, or bare samples. It is recognised by its content; what the server says of it matters only for bare samples.</param>
    /// <param name="maxSamples">Decoding ends after so many samples: nothing beyond is needed.</param>
    /// <param name="source">The inner pipeline's source, whose first element is named <c>in</c>.</param>
    /// <param name="running">Counts the decoder's thread for as long as it has anything of GStreamer; the result may come before its end.</param>
    /// <param name="cancel">Nobody needs the result any more.</param>
    /// <returns>The sound; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">It can't be decoded, or not in time.</exception>
    public static async Task<PcmClip> DecodeAsync(Pcm format, DubbedAudio audio, long maxSamples, string source = Source,
        CountdownEvent? running = null, CancellationToken cancel = default)
    {
        var watch = Stopwatch.StartNew();
        if (!await Places.WaitAsync(Timeout, cancel).ConfigureAwait(false))
            throw new InvalidDataException($"{Describe(audio)}: all {MaxAtOnce} decoders were busy for {Timeout.TotalSeconds} s");
        if (running?.TryAddCount() == false)
        {
            Places.Release();
            throw new OperationCanceledException();
        }
        var result = new TaskCompletionSource<PcmClip>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Decode(format, audio, maxSamples, source, watch, result, cancel);
            }
            finally
            {
                Places.Release();
                running?.Signal();
            }
        })
        { IsBackground = true, Name = "result-decoder" };
        thread.Start();
        return await result.Task.ConfigureAwait(false);
    }

    private static void Decode(Pcm format, DubbedAudio audio, long maxSamples, string source, Stopwatch watch,
        TaskCompletionSource<PcmClip> result, CancellationToken cancel)
    {
        try
        {
            using var memory = Open(audio, out var file);
            using var clip = new DecodedClip(format, file, maxSamples);
            using var pipeline = new DecodePipeline(source, file.Decoder, format,
                element => element.SetProperty("location", memory.Path), (_, samples) => clip.Append(samples), clip.End);
            try
            {
                result.TrySetResult(Wait(pipeline, clip, watch, cancel));
            }
            catch (Exception failure)
            {
                // Now, and not when the pipeline was taken down: one that hangs never is.
                Fail(result, audio, failure);
            }
        }
        catch (Exception failure)
        {
            Fail(result, audio, failure);
        }
    }

    private static MemoryFile Open(DubbedAudio audio, out SoundFile file)
    {
        // In one piece for as long as it takes to see what it is.
        var length = (int)audio.Data.Length;
        var rented = Files.Rent(length);
        try
        {
            audio.Data.CopyTo(rented);
            file = SoundFile.Recognise(rented.AsMemory(0, length), audio.Format, audio.SampleRate, audio.Channels);
            var memory = new MemoryFile(file.Header, file.Data.Span);
            file = file with { Header = null, Data = default };
            return memory;
        }
        finally
        {
            Files.Return(rented);
        }
    }

    private static void Fail(TaskCompletionSource<PcmClip> result, DubbedAudio audio, Exception failure)
    {
        if (failure is OperationCanceledException cancelled)
            result.TrySetCanceled(cancelled.CancellationToken);
        else
            result.TrySetException(new InvalidDataException($"{Describe(audio)}: {failure.Message}", failure));
    }

    private static PcmClip Wait(DecodePipeline pipeline, DecodedClip clip, Stopwatch watch, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (clip.Take(LookInterval) is { } whole)
                return whole;
            if (pipeline.TakeError() is { } error)
                throw new InvalidDataException($"it can't be decoded: {error}");
            if (watch.Elapsed > Timeout)
                throw new InvalidDataException($"decoding took longer than {Timeout.TotalSeconds} s");
        }
    }

    private static string Describe(DubbedAudio audio) => $"the dubbed audio ({audio.Format}, {audio.Data.Length} bytes)";
}
