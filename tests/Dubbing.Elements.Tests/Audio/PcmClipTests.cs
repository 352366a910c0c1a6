using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Tests.Audio;

public class PcmClipTests
{
    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 1000)]
    [InlineData(2, 50000)]
    public void A_clip_gives_back_what_was_added_in_whatever_pieces(int channels, int piece)
    {
        var samples = new short[120000];
        Random.Shared.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan()));
        using var clip = new PcmClip(new Pcm(48000, channels));
        for (var i = 0; i < samples.Length; i += piece)
            clip.Append(samples.AsSpan(i, Math.Min(piece, samples.Length - i)));
        Assert.Equal(samples.Length / channels, clip.Length);
        var read = new short[60000];
        clip.Read(10000, read);
        Assert.Equal(samples[(10000 * channels)..(10000 * channels + 60000)], read);
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.Read(clip.Length - 1, new short[2 * channels]));
    }
}
