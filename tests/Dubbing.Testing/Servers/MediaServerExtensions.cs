namespace Dubbing.Testing.Servers;

/// <summary>What every media server can do.</summary>
public static class MediaServerExtensions
{
    /// <summary>Neither server pushes this, so it is asked; a local HTTP request a time, cheap enough.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Where a path is published and read over RTMP.</summary>
    public static string RtmpUrl(this IMediaServer server, string path) => $"{server.RtmpBase}/{path}";

    /// <summary>Where a path is read over RTSP.</summary>
    public static string RtspUrl(this IMediaServer server, string path) => $"{server.RtspBase}/{path}";

    /// <summary>Waits until a path has a publisher (MediaMTX: until its tracks are known).</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public static Task WaitForPublisher(this IMediaServer server, string path, TimeSpan timeout) =>
        WaitForPublishers(server, path, 1, timeout);

    /// <summary>Waits until a path has no publisher.</summary>
    /// <exception cref="TimeoutException">It still has one.</exception>
    public static Task WaitForNoPublisher(this IMediaServer server, string path, TimeSpan timeout) =>
        WaitForPublishers(server, path, 0, timeout);

    private static async Task WaitForPublishers(IMediaServer server, string path, int count, TimeSpan timeout)
    {
        var seen = -1;
        await Poll.Until(async () => (seen = await server.Publishers(path)) == count, timeout, () => $"{path} has {seen} publishers, not {count}", s_interval);
    }
}
