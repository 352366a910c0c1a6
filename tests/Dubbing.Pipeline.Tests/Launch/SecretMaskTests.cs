namespace Dubbing.Pipeline.Tests.Launch;

public class SecretMaskTests
{
    private static readonly SecretMask _mask = SecretMask.For(new Dictionary<string, PlaceholderValue>
    {
        ["key"] = new("s3cr3t !x", Secret: true),
        ["none"] = new("", Secret: true),
        ["output"] = "rtmp://127.0.0.1:1935/live/a/out",
    });

    [Theory]
    [InlineData("the key is s3cr3t !x.", "the key is ***.")]
    [InlineData("?key=s3cr3t%20%21x&b", "?key=***&b")]
    [InlineData("""in \"s3cr3t\\040\\041x\" p""", "in *** p")]
    [InlineData("""to ""s3cr3t\040\041x"" """, """to "***" """)]
    [InlineData("rtsp://user:pass@host:554/live", "rtsp://***@host:554/live")]
    [InlineData("rtmp://a.rtmp.example/live2/abcd-efgh", "rtmp://a.rtmp.example/live2/***")]
    [InlineData("rtmps://u:p@a.example:443/app/inst/k?x=1 failed", "rtmps://***@a.example:443/app/inst/*** failed")]
    [InlineData("rtmp://a.example/app/k?token=a/b=/c failed", "rtmp://a.example/app/*** failed")]
    [InlineData("rtmp://a.example/app/k/?token=a/b", "rtmp://a.example/app/***")]
    [InlineData("'rtmp://a.example/key'", "'rtmp://a.example/***'")]
    [InlineData("to rtmp://127.0.0.1:1935/live/a/out", "to rtmp://127.0.0.1:1935/live/a/out")]
    [InlineData("nothing to hide", "nothing to hide")]
    public void Secrets_do_not_show(string text, string shown) => Assert.Equal(shown, _mask.Mask(text));
}
