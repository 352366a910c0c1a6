namespace Dubbing.Testing.Servers;

/// <summary>Starts the media server that tests and demo use.</summary>
public static class MediaServers
{
    /// <summary>MediaMTX when <c>MEDIAMTX_BIN</c> names one, else nginx and GStreamer's RTSP server. On return it accepts connections.</summary>
    /// <param name="ids">Stream ids that will be used.</param>
    /// <param name="hookUrl">Base URL of the service that the hook script tells about publishers; null: none.</param>
    public static async Task<IMediaServer> Start(IReadOnlyCollection<string> ids, string? hookUrl) =>
        MediaMtx.Executable is { } executable
            ? await MediaMtx.Start(executable, hookUrl)
            : await NginxMediaServer.Start(ids, new NginxRtmpOptions { HookUrl = hookUrl });
}
