namespace Dubbing.Testing.Servers;

/// <summary>How <see cref="NginxRtmp"/> behaves.</summary>
public sealed record NginxRtmpOptions
{
    /// <summary>Where the hook script sends its events; null: no hook runs.</summary>
    public string? HookUrl { get; init; }

    /// <summary>The port for RTMP, to start at the same one again; null: a free one.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// False (as MediaMTX): a reader of a path without publisher is refused, and thrown out when the publisher goes. True: it waits, so that a
    /// pipeline can be up before the first packet.
    /// </summary>
    public bool KeepIdleReaders { get; init; }

    /// <summary>Streams whose publisher sends no audio: the RTSP half must know.</summary>
    public IReadOnlyList<string> VideoOnly { get; init; } = [];

    /// <summary>Publishers that send nothing for so long are thrown out (MediaMTX' readTimeout).</summary>
    public TimeSpan IdlePublisherTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
