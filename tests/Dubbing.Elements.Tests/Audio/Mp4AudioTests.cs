using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Tests.Audio;

public class Mp4AudioTests
{
    [Theory]
    [InlineData(48000, 2)]
    [InlineData(44100, 1)]
    [InlineData(22050, 2)]
    [InlineData(8000, 1)]
    public void A_file_of_mp4mux_is_read(int rate, int channels)
    {
        var file = M4aFile.Make(rate, channels, 20);
        var audio = Mp4Audio.Parse(file.Image);
        Assert.Equal((rate, channels, 1024, file.Frames.Count), (audio.SampleRate, audio.Channels, audio.FrameLength, audio.Frames));
        Assert.Equal(2, audio.Config.Length);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_with_one_kind_of_exception()
    {
        var image = M4aFile.Make(48000, 2, 8).Image;
        for (var length = 0; length < image.Length; length++)
            Assert.Throws<InvalidDataException>(() => Mp4Audio.Parse(image.AsSpan(0, length)));
    }

    [Fact]
    public void A_file_with_any_one_byte_changed_is_read_or_refused()
    {
        var image = M4aFile.Make(48000, 2, 8).Image;
        for (var at = 0; at < image.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
            {
                var changed = image.ToArray();
                changed[at] = value;
                Assert.Null(Record.Exception(() => Mp4Audio.Parse(changed)) is { } e and not InvalidDataException ? $"at {at}, {value}: {e}" : null);
            }
        }
    }
}
