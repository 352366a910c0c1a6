using System.Globalization;
using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What stands in a pipeline file's placeholders for one run of one stream.</summary>
public static class StreamValues
{
    /// <summary>All placeholders that there are, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "breaker_threshold", "breaker_timeout_ms", "domain_hints", "fallback", "first_fragment", "fragment_ms", "input", "linger_ms", "margin_ms",
        "max_inflight", "output", "rtsp_latency_ms", "run_id", "segment_dir", "source_language", "stream_id", "sts_api_key", "sts_namespace",
        "sts_path", "sts_url", "target_language", "timeout_ms", "voice_profile", "worker_id",
    ];

    /// <summary>The values for one run.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="settings">What is in force for the stream; its pipeline file decides between the RTMP and the RTSP address of the input.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="runId">The run.</param>
    /// <param name="firstFragment">Number of the first fragment: those of the run's earlier pipelines stay on disk.</param>
    public static IReadOnlyDictionary<string, PlaceholderValue> For(
        DubbingOptions options, StreamSettings settings, string streamId, string runId, long firstFragment = 0)
    {
        var (server, sts) = (options.MediaServer, settings.Sts);
        var input = $"live/{streamId}/in";
        return new Dictionary<string, PlaceholderValue>
        {
            ["input"] = PipelineFiles.PullsRtmp(settings.File) ? server.Rtmp(input) : server.Rtsp(input),
            ["output"] = EgressValues.Output(server, streamId),
            // No file has a placeholder of this name: it stands here to be masked.
            ["secret_media_server"] = new(server.Password, Secret: true),
            ["stream_id"] = streamId,
            ["run_id"] = runId,
            ["segment_dir"] = SegmentFolder(options.Segments, streamId, runId),
            ["sts_url"] = sts.Url,
            ["sts_path"] = sts.Path,
            ["sts_namespace"] = sts.Namespace,
            ["sts_api_key"] = new(sts.ApiKey, Secret: true),
            ["worker_id"] = WorkerId(Environment.MachineName),
            ["source_language"] = sts.SourceLanguage,
            ["target_language"] = sts.TargetLanguage,
            ["voice_profile"] = sts.Voice,
            ["domain_hints"] = sts.DomainHints,
            ["fallback"] = sts.Fallback,
            ["first_fragment"] = Text(firstFragment),
            ["timeout_ms"] = Text(sts.TimeoutMs),
            ["margin_ms"] = Text(sts.MarginMs),
            ["fragment_ms"] = Text(settings.FragmentMs),
            ["rtsp_latency_ms"] = Text(options.Pipelines.RtspLatencyMs),
            ["linger_ms"] = Text((int)options.Lifecycle.Grace.TotalMilliseconds + 5000),
            ["max_inflight"] = Text(sts.MaxInflight),
            ["breaker_threshold"] = Text(sts.BreakerThreshold),
            ["breaker_timeout_ms"] = Text(sts.BreakerTimeoutMs),
        };
    }

    /// <summary>The longest delay that may be configured: the queues of the project's pipeline files hold 60 s.</summary>
    public static TimeSpan LongestDelay { get; } = TimeSpan.FromSeconds(55);

    /// <summary>A run's folder for segment files.</summary>
    public static string SegmentFolder(SegmentOptions segments, string streamId, string runId) =>
        Path.Combine(segments.Folder, streamId, runId);

    /// <summary>What the delay will be, before the pipeline itself can say.</summary>
    public static TimeSpan ExpectedDelay(StreamSettings settings) =>
        TimeSpan.FromMilliseconds(settings.FragmentMs + settings.Sts.TimeoutMs + settings.Sts.MarginMs);

    // The STS server takes letters, digits, - and _, at most 64; host names may have dots.
    private static string WorkerId(string host) =>
        string.Concat($"dubbing-{host}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-').Take(64));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
