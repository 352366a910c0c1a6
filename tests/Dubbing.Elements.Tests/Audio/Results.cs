using System.Buffers;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Audio;

/// <summary>Results of a server, decoded to 48 kHz stereo.</summary>
internal static class Results
{
    public static readonly Pcm Format = new(48000, 2);

    /// <summary>What a server returns.</summary>
    public static DubbedAudio Of(byte[] data, string format = "", int rate = 0, int channels = 0) =>
        new() { Format = format, SampleRate = rate, Channels = channels, Data = new ReadOnlySequence<byte>(data) };

    /// <summary>Decodes it.</summary>
    /// <param name="result">What the server returned.</param>
    /// <param name="maxSamples">As in <see cref="ResultDecoder.DecodeAsync"/>.</param>
    /// <param name="source">As there.</param>
    public static async Task<short[]> Decode(DubbedAudio result, long maxSamples = 10 * 48000, string source = ResultDecoder.Source)
    {
        using var clip = await ResultDecoder.DecodeAsync(Format, result, maxSamples, source, cancel: TestContext.Current.CancellationToken);
        return clip.ToArray();
    }
}
