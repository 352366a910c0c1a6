using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Tests.Audio;

public class FragmentImageTests
{
    [Fact]
    public void A_patch_replaces_bytes_and_leaves_the_length()
    {
        var image = new FragmentImage();
        "header--"u8.CopyTo(image.Append(8));
        "frames"u8.CopyTo(image.Append(6));
        image.Position = 6;
        "42"u8.CopyTo(image.Append(2));
        Assert.Equal("header42frames"u8.ToArray(), image.Written.ToArray());
        Assert.Equal((14, 8L), (image.Length, image.Position));
    }

    [Fact]
    public void A_patch_over_the_end_makes_it_longer()
    {
        var image = new FragmentImage();
        "abc"u8.CopyTo(image.Append(3));
        image.Position = 2;
        "XYZ"u8.CopyTo(image.Append(3));
        Assert.Equal("abXYZ"u8.ToArray(), image.Written.ToArray());
    }

    [Fact]
    public void An_image_grows_with_its_content_and_begins_anew_when_cleared()
    {
        var image = new FragmentImage();
        var expected = new List<byte>();
        for (var i = 0; i < 1000; i++)
        {
            image.Append(1000).Fill((byte)i);
            expected.AddRange(Enumerable.Repeat((byte)i, 1000));
        }
        Assert.Equal(expected, image.Written.ToArray());
        image.Clear();
        Assert.Equal(0, image.Length);
        image.Append(1)[0] = 9;
        Assert.Equal([9], image.Written.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MaxValue - 2)]
    public void A_write_beyond_the_end_is_refused(long position)
    {
        var image = new FragmentImage { Position = position };
        Assert.Throws<InvalidDataException>(() => image.Append(1).Length);
    }

    [Fact]
    public void An_image_that_would_become_too_large_is_refused()
    {
        var image = new FragmentImage();
        Assert.Throws<InvalidDataException>(() => image.Append(FragmentImage.MaxLength + 1).Length);
        Assert.Equal(0, image.Length);
    }
}
