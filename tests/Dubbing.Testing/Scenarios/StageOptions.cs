namespace Dubbing.Testing.Scenarios;

/// <summary>How a <see cref="Stage"/> is set.</summary>
public sealed record StageOptions
{
    /// <summary>Streams that will be published.</summary>
    public required IReadOnlyList<string> Ids { get; init; }

    /// <summary>The service's port; null: a free one.</summary>
    public int? Port { get; init; }

    /// <summary>The STS server's budget, part of the delay: short, so that tests are.</summary>
    public TimeSpan StsTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Length of a fragment.</summary>
    public TimeSpan Fragment { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The pipeline file for every source; null: by source type, as configured.</summary>
    public string? Pipeline { get; init; }

    /// <summary>The STS server's address; null: the stage's own echo server.</summary>
    public string? StsUrl { get; init; }

    /// <summary>The echo server's environment.</summary>
    public IReadOnlyDictionary<string, string?> Echo { get; init; } = new Dictionary<string, string?>();

    /// <summary>Further environment of the service.</summary>
    public IReadOnlyDictionary<string, string?> Service { get; init; } = new Dictionary<string, string?>();

    /// <summary>What the service is started through, see <see cref="Servers.DubbingService.Start"/>.</summary>
    public IReadOnlyList<string>? ServiceThrough { get; init; }

    /// <summary>Readers may wait at a path without a publisher (the nginx server only).</summary>
    public bool KeepIdleReaders { get; init; }

    /// <summary>Streams that will be published without audio (the nginx server's RTSP half must know).</summary>
    public IReadOnlyList<string> VideoOnly { get; init; } = [];

    /// <summary>The media server is nginx, whatever MEDIAMTX_BIN says: its log is needed, see <see cref="Stage.Nginx"/>.</summary>
    public bool NeedsNginx { get; init; }

    /// <summary>The media server's hooks lead nowhere.</summary>
    public bool WithoutHooks { get; init; }

    /// <summary>Receives each log line of the service.</summary>
    public Action<string>? OnServiceLine { get; init; }
}
