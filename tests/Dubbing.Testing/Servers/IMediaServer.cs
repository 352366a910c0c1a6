namespace Dubbing.Testing.Servers;

/// <summary>
/// The media server between publisher, service and viewer: takes and serves RTMP, serves RTSP, and runs the project's hook script
/// when a publisher comes or goes. Paths are <c>live/&lt;id&gt;/in</c> and <c>live/&lt;id&gt;/out</c>. Disposing ends every process.
/// </summary>
public interface IMediaServer : IAsyncDisposable
{
    /// <summary>Base of the RTMP URLs, <c>rtmp://127.0.0.1:PORT</c>.</summary>
    string RtmpBase { get; }

    /// <summary>Base of the RTSP URLs, <c>rtsp://127.0.0.1:PORT</c>.</summary>
    string RtspBase { get; }

    /// <summary>Base of MediaMTX' control API, null for a server that has none.</summary>
    string? ApiBase { get; }

    /// <summary>Whether RTSP publishers are taken too (the RTSP server that stands in for MediaMTX only serves).</summary>
    bool TakesRtspPublishers { get; }

    /// <summary>
    /// Whether readers get every packet as it was published, the first one included if they may wait for it. MediaMTX lets them in
    /// when it knows the tracks (<see cref="TrackSearch"/>), begins with whatever comes next, calculates decoding timestamps anew and
    /// rounds timestamps down once more.
    /// </summary>
    bool RelaysAsIs { get; }

    /// <summary>For how long a publisher must have sent before its path can be read.</summary>
    TimeSpan TrackSearch { get; }

    /// <summary>How many publishers a path has now: 0 or 1.</summary>
    Task<int> Publishers(string path, CancellationToken cancel = default);
}
