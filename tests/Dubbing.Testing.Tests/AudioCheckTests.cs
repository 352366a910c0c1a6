using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class AudioCheckTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(2)]
    [InlineData(-2)]
    public void A_shift_in_the_middle_fails(int byMs) =>
        Fails((tags, audio) => audio.Skip(100).ToList().ForEach(a => Edit.Retime(tags, a, byMs)), "packet 100 at");

    [Fact]
    public void A_missing_packet_fails() => Fails((tags, audio) => tags.RemoveAt(audio[100]), "off the samples before it");

    [Fact]
    public void A_slow_drift_fails() =>
        Fails((tags, audio) => audio.Index().ToList().ForEach(a => Edit.Retime(tags, a.Item, a.Index / 50)), "off the samples before it");

    [Fact]
    public void A_second_configuration_fails() =>
        Fails(
            (tags, audio) => tags.Insert(audio[100], tags[audio[100]] with { Payload = new byte[] { 0xaf, 0, 0x12, 0x10 } }),
            "2 AAC configurations");

    [Fact]
    public void The_same_configuration_again_passes()
    {
        var result = Check((tags, audio) => tags.Insert(audio[100], tags.First(t => t is { IsAac: true, PacketType: 0 })));
        Assert.True(result.Ok, result.ToString());
    }

    [Fact]
    public void Audio_that_ends_early_fails() =>
        Fails((tags, audio) => audio.TakeLast(10).Reverse().ToList().ForEach(tags.RemoveAt), "longer than the video");

    [Fact]
    public void Audio_before_the_first_picture_fails() =>
        Fails((tags, audio) => audio.ForEach(a => Edit.Retime(tags, a, -30)), "end before the first picture");

    [Fact]
    public void Another_codec_is_a_problem_not_an_exception() =>
        Fails(
            (tags, audio) => tags[audio[100]] = tags[audio[100]] with { Payload = new byte[] { 0x2f, 1, 2, 3 } },
            "is neither AVC nor AAC");

    private static CheckResult Check(Action<List<FlvTag>, List<int>> edit) =>
        AudioCheck.Run(Edit.Tags(Clips.E, tags => edit(tags, Edit.Media(tags, FlvTagType.Audio))));

    private static void Fails(Action<List<FlvTag>, List<int>> edit, string because)
    {
        var result = Check(edit);
        Assert.False(result.Ok);
        Assert.Contains(result.Problems, p => p.Contains(because, StringComparison.Ordinal));
    }
}
