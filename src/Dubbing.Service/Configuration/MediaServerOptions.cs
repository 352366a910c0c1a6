namespace Dubbing.Service.Configuration;

/// <summary>The media server's addresses.</summary>
/// <param name="RtmpUrl">RTMP base, e.g. <c>rtmp://127.0.0.1:1935</c>; no trailing slash.</param>
/// <param name="RtspUrl">RTSP base.</param>
/// <param name="ApiUrl">Control API base.</param>
public sealed record MediaServerOptions(string RtmpUrl, string RtspUrl, string ApiUrl);
