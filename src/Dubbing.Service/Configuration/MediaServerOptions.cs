using Dubbing.Service.Streams;

namespace Dubbing.Service.Configuration;

/// <summary>The media server's addresses, and as whom the service comes there.</summary>
/// <param name="RtmpUrl">RTMP base, e.g. <c>rtmp://127.0.0.1:1935</c>; no trailing slash.</param>
/// <param name="RtspUrl">RTSP base.</param>
/// <param name="ApiUrl">Control API base; may carry a user and password of its own.</param>
/// <param name="Reconcile">How often streams are compared with what the control API lists; zero: never.</param>
public sealed record MediaServerOptions(string RtmpUrl, string RtspUrl, string ApiUrl, TimeSpan Reconcile)
{
    /// <summary>The service's user there; empty: it comes as anybody.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The control API's address, with user and password where there are any.</summary>
    public Uri Api => new(WithUser(ApiUrl));

    /// <summary>A path's RTMP address.</summary>
    /// <remarks>MediaMTX takes user and password from the query only: https://mediamtx.org/docs/features/authentication.</remarks>
    public string Rtmp(string path) => User.Length == 0
        ? $"{RtmpUrl}/{path}"
        : $"{RtmpUrl}/{path}?user={Uri.EscapeDataString(User)}&pass={Uri.EscapeDataString(Password)}";

    /// <summary>A path's RTSP address.</summary>
    public string Rtsp(string path) => $"{WithUser(RtspUrl)}/{path}";

    /// <summary>Which stream's path an RTMP address is; null: none on this server.</summary>
    internal StreamPath? PathOf(string address)
    {
        var (url, own) = (new Uri(address), new Uri(RtmpUrl));
        return Port(url) == Port(own) && (url.Host.Equals(own.Host, StringComparison.OrdinalIgnoreCase) || (url.IsLoopback && own.IsLoopback))
            ? StreamPath.Parse(Uri.UnescapeDataString(url.AbsolutePath).Trim('/'))
            : null;
    }

    private static int Port(Uri url) => url.Port > 0 ? url.Port : url.Scheme == "rtmps" ? 443 : 1935;

    private string WithUser(string url)
    {
        if (User.Length == 0 || new Uri(url).UserInfo.Length > 0) return url;
        var host = url.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        return url.Insert(host, $"{Uri.EscapeDataString(User)}:{Uri.EscapeDataString(Password)}@");
    }
}
