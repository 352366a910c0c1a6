using Dubbing.Service.Api;

namespace Dubbing.Service.Tests.Api;

/// <summary>Which addresses a client of the API may name.</summary>
public class AllowedAddressesTests
{
    private static readonly Uri[] _allowed = [new("rtmp://media:1935"), new("rtsp://cam/live")];

    [Theory]
    [InlineData("rtmp://media/live/a")]
    [InlineData("rtmp://MEDIA:1935/live/a?k=v")]
    [InlineData("rtsp://cam:554/live/1")]
    [InlineData("rtsp://user:pw@cam/live")]
    public void Below_an_allowed_address(string url) => Assert.Null(AllowedAddresses.Problem(url, _allowed));

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("rtmp://media.evil/live/a")]
    [InlineData("rtmp://media:1936/live/a")]
    [InlineData("rtmp://media@evil/live/a")]
    [InlineData("rtmp://evil\\@media/live/a")]
    [InlineData("rtmp://evil#@media/live/a")]
    [InlineData("rtmp://media/live/a live=1 swfUrl=http://x")]
    [InlineData("rtmps://media/live/a")]
    [InlineData("rtsp://cam/lively/1")]
    [InlineData("rtsp://cam/live/../admin")]
    [InlineData("rtsp://cam/live/%2e%2E/admin")]
    [InlineData("rtsp://cam/live/x%2f..%2f..%2fadmin")]
    [InlineData("rtsp://ca\u043c/live/1")]
    public void Anything_else(string url) => Assert.NotNull(AllowedAddresses.Problem(url, _allowed));
}
