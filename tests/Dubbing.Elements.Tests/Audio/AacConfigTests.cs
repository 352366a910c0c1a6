using System.Runtime.InteropServices;
using Dubbing.Elements.Audio;
using Dubbing.Testing.Measure;

namespace Dubbing.Elements.Tests.Audio;

public class AacConfigTests
{
    [Theory]
    [InlineData("1190", 48000, 2, 1024, 48000, 2)]
    [InlineData("1208", 44100, 1, 1024, 44100, 1)]
    [InlineData("11B0", 48000, 6, 1024, 48000, 6)]
    [InlineData("1194", 48000, 2, 960, 48000, 2)]
    // HE-AAC: said first, said at the end, said at the end together with parametric stereo; and v2 said first.
    [InlineData("2B118800", 24000, 2, 1024, 48000, 2)]
    [InlineData("131056E598", 24000, 2, 1024, 48000, 2)]
    [InlineData("138856E5A54880", 22050, 1, 1024, 44100, 2)]
    [InlineData("EB098800", 24000, 1, 1024, 48000, 2)]
    // A rate in figures.
    [InlineData("17803E8010", 32000, 2, 1024, 32000, 2)]
    public void It_says_what_is_coded_and_what_is_heard(string hex, int rate, int channels, int frame, int heardRate, int heardChannels) =>
        Assert.Equal(new AacConfig(rate, channels, frame, heardRate, heardChannels), AacConfig.Parse(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("11")]
    [InlineData("1690")]
    public void What_can_not_be_is_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => AacConfig.Parse(Convert.FromHexString(hex)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    public void A_frame_of_silence_is_decoded_without_an_error_as_1024_samples_of_it(int channels)
    {
        var frame = SilentAac.Frame(channels);
        var length = frame.Length + 7;
        var configuration = channels == 8 ? 7 : channels;
        byte[] header =
        [
            0xff, 0xf1, (byte)(1 << 6 | 3 << 2 | configuration >> 2), (byte)((configuration & 3) << 6 | length >> 11), (byte)(length >> 3),
            (byte)((length & 7) << 5 | 0x1f), 0xfc,
        ];
        byte[] adts = [.. Enumerable.Repeat<byte[]>([.. header, .. frame], 10).SelectMany(bytes => bytes)];
        var (output, fault) = MediaTool.Ffmpeg(["-xerror", "-f", "aac", "-i", "pipe:0", "-f", "s16le", "pipe:1"], adts);
        Assert.Null(fault);
        var samples = MemoryMarshal.Cast<byte, short>(output);
        Assert.Equal(10 * 1024 * channels, samples.Length);
        Assert.Equal(-1, samples.IndexOfAnyExcept((short)0));
    }
}
