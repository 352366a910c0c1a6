namespace Dubbing.Testing.Servers;

/// <summary>nginx for RTMP and hooks with GStreamer's RTSP server behind it, in MediaMTX' place.</summary>
public sealed class NginxMediaServer : IMediaServer
{
    private NginxMediaServer(NginxRtmp rtmp, RtspServer rtsp)
    {
        Rtmp = rtmp;
        Rtsp = rtsp;
    }

    /// <summary>The RTMP half.</summary>
    public NginxRtmp Rtmp { get; }

    /// <summary>The RTSP half.</summary>
    public RtspServer Rtsp { get; }

    /// <inheritdoc/>
    public string RtmpBase => Rtmp.RtmpBase;

    /// <inheritdoc/>
    public string RtspBase => Rtsp.RtspBase;

    /// <inheritdoc/>
    public string? ApiBase => null;

    /// <inheritdoc/>
    public bool TakesRtspPublishers => false;

    /// <inheritdoc/>
    public bool RelaysAsIs => true;

    /// <inheritdoc/>
    public TimeSpan TrackSearch => TimeSpan.Zero;

    /// <summary>Starts both; on return they accept connections.</summary>
    public static async Task<NginxMediaServer> Start(IReadOnlyCollection<string> ids, NginxRtmpOptions options)
    {
        var rtmp = await NginxRtmp.Start(ids, options);
        try
        {
            var paths = ids.SelectMany(id => new[] { $"live/{id}/in", $"live/{id}/out" });
            return new NginxMediaServer(rtmp, await RtspServer.Start(rtmp.RtmpBase, paths, options.VideoOnly.Select(id => $"live/{id}/in")));
        }
        catch
        {
            await rtmp.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<int> Publishers(string path, CancellationToken cancel = default) => Rtmp.Publishers(path, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Rtsp.DisposeAsync();
        await Rtmp.DisposeAsync();
    }
}
