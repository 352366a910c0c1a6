using System.Globalization;
using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What stands in a pipeline file's placeholders for one run of one stream.</summary>
public static class StreamValues
{
    /// <summary>All placeholders that there are, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "breaker_threshold", "breaker_timeout_ms", "fragment_ms", "input", "linger_ms", "margin_ms", "output", "rtsp_latency_ms",
        "run_id", "segment_dir", "source_language", "stream_id", "sts_api_key", "sts_url", "target_language", "timeout_ms",
        "voice_profile", "worker_id",
    ];

    /// <summary>The values for one run.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="file">The pipeline file: it decides between the RTMP and the RTSP address of the input.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="runId">The run.</param>
    public static IReadOnlyDictionary<string, PlaceholderValue> For(DubbingOptions options, LaunchFile file, string streamId, string runId)
    {
        var server = options.MediaServer;
        var inputBase = PipelineFiles.PullsRtmp(file) ? server.RtmpUrl : server.RtspUrl;
        return new Dictionary<string, PlaceholderValue>
        {
            ["input"] = $"{inputBase}/live/{streamId}/in",
            ["output"] = $"{server.RtmpUrl}/live/{streamId}/out",
            ["stream_id"] = streamId,
            ["run_id"] = runId,
            ["segment_dir"] = SegmentFolder(options.Segments, streamId, runId),
            ["sts_url"] = options.Sts.Url,
            ["sts_api_key"] = new(options.Sts.ApiKey, Secret: true),
            ["worker_id"] = WorkerId(Environment.MachineName),
            ["source_language"] = options.Sts.SourceLanguage,
            ["target_language"] = options.Sts.TargetLanguage,
            ["voice_profile"] = options.Sts.Voice,
            ["timeout_ms"] = Text(options.Sts.TimeoutMs),
            ["margin_ms"] = Text(options.Sts.MarginMs),
            ["fragment_ms"] = Text(options.Segments.FragmentMs),
            ["rtsp_latency_ms"] = Text(options.Pipelines.RtspLatencyMs),
            ["linger_ms"] = Text((int)options.Lifecycle.Grace.TotalMilliseconds + 5000),
            ["breaker_threshold"] = Text(options.Sts.BreakerThreshold),
            ["breaker_timeout_ms"] = Text(options.Sts.BreakerTimeoutMs),
        };
    }

    /// <summary>A run's folder for segment files.</summary>
    public static string SegmentFolder(SegmentOptions segments, string streamId, string runId) =>
        Path.Combine(segments.Folder, streamId, runId);

    /// <summary>What the delay will be, before the pipeline itself can say.</summary>
    public static TimeSpan ExpectedDelay(DubbingOptions options, LaunchFile file) => TimeSpan.FromMilliseconds(
        options.Segments.FragmentMs + options.Sts.TimeoutMs + options.Sts.MarginMs
        + (PipelineFiles.PullsRtmp(file) ? 0 : options.Pipelines.RtspLatencyMs));

    // The STS server takes letters, digits, - and _, at most 64; host names may have dots.
    private static string WorkerId(string host) =>
        string.Concat($"dubbing-{host}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-').Take(64));

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
