using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>The whole configuration, validated. appsettings.json explains every key in place.</summary>
public sealed record DubbingOptions
{
    /// <summary>The address that API and metrics listen on.</summary>
    public required System.Net.IPAddress Address { get; init; }

    /// <summary>The port; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>The least level that is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>One JSON object a line instead of plain lines.</summary>
    public required bool JsonLog { get; init; }

    /// <summary>Who may use the HTTP API.</summary>
    public required ApiOptions Api { get; init; }

    /// <summary>Where streams come from and go to.</summary>
    public required MediaServerOptions MediaServer { get; init; }

    /// <summary>The speech translation server.</summary>
    public required StsOptions Sts { get; init; }

    /// <summary>Segment files on disk.</summary>
    public required SegmentOptions Segments { get; init; }

    /// <summary>Pipeline files and what goes into them.</summary>
    public required PipelineOptions Pipelines { get; init; }

    /// <summary>What streams have of their own, the most specific first.</summary>
    public required IReadOnlyList<StreamSection> Streams { get; init; }

    /// <summary>The pipeline file that passes a stream's output on; null where no stream has a target.</summary>
    public required LaunchFile? EgressFile { get; init; }

    /// <summary>Where pipelines run.</summary>
    public required WorkerOptions Workers { get; init; }

    /// <summary>How streams begin and end.</summary>
    public required LifecycleOptions Lifecycle { get; init; }
}
