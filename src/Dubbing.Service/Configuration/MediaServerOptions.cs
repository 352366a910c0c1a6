namespace Dubbing.Service.Configuration;

/// <summary>The media server's addresses.</summary>
/// <param name="RtmpUrl">RTMP base, e.g. <c>rtmp://127.0.0.1:1935</c>; no trailing slash.</param>
/// <param name="RtspUrl">RTSP base.</param>
/// <param name="ApiUrl">Control API base; may carry user and password.</param>
/// <param name="Reconcile">How often streams are compared with what the control API lists; zero: never.</param>
public sealed record MediaServerOptions(string RtmpUrl, string RtspUrl, string ApiUrl, TimeSpan Reconcile);
