using Dubbing.Service.Captions;

namespace Dubbing.Service.Tests.Captions;

/// <summary>What becomes of a server's text.</summary>
public class CaptionTextTests
{
    [Theory]
    [InlineData("Good morning.", "Good morning.")]
    [InlineData("", null)]
    [InlineData(" \r\n\t\u0000 \n", null)]
    [InlineData("one\r\n\r\ntwo\rthree\n\n\nfour", "one\ntwo\nthree\nfour")]
    [InlineData("a\u0000b\u001bc\u0085d\tf", "a b c d f")]
    [InlineData("  WEBVTT \n 1 ", "WEBVTT\n1")]
    [InlineData("\ud83d\ude00 \u05e9\u05dc\u05d5\u05dd", "\ud83d\ude00 \u05e9\u05dc\u05d5\u05dd")]
    public void Control_characters_and_empty_lines_go(string text, string? clean) => Assert.Equal(clean, CaptionText.Clean(text));

    [Fact]
    public void Half_a_surrogate_pair_becomes_a_replacement_character() => Assert.Equal("a\ufffdb", CaptionText.Clean("a\ud83db"));

    [Fact]
    public void A_text_that_is_too_long_is_cut_between_characters()
    {
        // Five UTF-16 units each: a family of one character.
        const string family = "\ud83d\udc69\u200d\ud83d\udc67";
        var clean = CaptionText.Clean(new string('x', CaptionText.Longest - 2) + family + "tail")!;
        Assert.Equal(new string('x', CaptionText.Longest - 2) + "…", clean);
        Assert.InRange(CaptionText.Clean(new string('x', 10_000_000))!.Length, CaptionText.Longest - 1, CaptionText.Longest);
    }
}
