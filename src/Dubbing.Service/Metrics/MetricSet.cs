using Prometheus;

namespace Dubbing.Service.Metrics;

/// <summary>Names, help and labels of the metrics, each once. The first block keeps the names of an older deployment.</summary>
internal sealed class MetricSet
{
    private const string Worker = "media_service_worker_";
    private static readonly double[] _latencyBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15];
    private static readonly double[] _slackBuckets = [0, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15];
    private readonly List<(Collector Collector, Action<string[]> Remove, Func<IEnumerable<string[]>> Labels)> _streamCollectors = [];
    private readonly MetricFactory _factory;

    public MetricSet(CollectorRegistry registry)
    {
        _factory = Prometheus.Metrics.WithCustomRegistry(registry);
        Info = Gauge(Worker + "info_info", "Always 1; the labels tell.", "version", "stream_id", "host");
        Segments = Counter(Worker + "segments_processed_total", "Fragments that were cut.", "stream_id", "type");
        SegmentBytes = Counter(Worker + "segments_bytes_total", "Bytes of the fragments that were cut.", "stream_id", "type");
        Sent = Counter(Worker + "sts_fragments_sent_total", "Fragments sent to the STS server.", "stream_id");
        Processed = Counter(Worker + "sts_fragments_processed_total", "Fragments that the STS server answered.", "stream_id", "status");
        Latency = Histogram(Worker + "sts_processing_latency_seconds", "From sending a fragment to its answer.", _latencyBuckets);
        Inflight = Gauge(Worker + "sts_inflight_fragments", "Fragments sent and not answered.", "stream_id");
        BreakerState = Gauge(Worker + "circuit_breaker_state", "0 closed, 1 half open, 2 open.", "stream_id");
        BreakerFailures = Counter(Worker + "circuit_breaker_failures_total", "Failures that the circuit breaker counted.", "stream_id");
        BreakerFallbacks = Counter(Worker + "circuit_breaker_fallbacks_total", "Fragments not sent because the breaker was open.", "stream_id");
        AvSync = Gauge(Worker + "av_sync_delta_ms", "Running time of the audio last muxed minus the video's.", "stream_id");
        Errors = Counter(Worker + "errors_total", "Errors of the pipeline and of the STS server.", "stream_id", "error_type");
        PipelineState = Gauge(Worker + "pipeline_state", "0 stopped, 1 running, 2 error.", "stream_id", "pipeline");
        Backpressure = Counter(Worker + "backpressure_events_total", "Times the STS server asked for less.", "stream_id", "action");

        Streams = Gauge("dubbing_streams", "Streams by state.", "state");
        HookEvents = Counter("dubbing_hook_events_total", "Hook events by what became of them.", "event", "result");
        Fallbacks = Counter("dubbing_fallbacks_total", "Fragments played with the original audio.", "stream_id", "reason");
        Reconnects = Counter("dubbing_sts_reconnects_total", "Connections to the STS server after the first.", "stream_id");
        StsConnected = Gauge("dubbing_sts_connected", "1 while connected to the STS server.", "stream_id");
        Restarts = Counter("dubbing_pipeline_restarts_total", "Restarts of the pipeline.", "stream_id", "cause");
        GstMessages = Counter("dubbing_gst_messages_total", "Errors and warnings on the pipeline's bus, by element factory.", "stream_id", "level", "element");
        Delay = Gauge("dubbing_output_delay_seconds", "What a viewer waits: the pipeline's live latency.", "stream_id");
        Slack = Histogram("dubbing_playout_slack_seconds", "How long before its deadline an answer came.", _slackBuckets);
        OutputBytes = Counter("dubbing_output_bytes_total", "Bytes sent to the output.", "stream_id", "type");
        OutputFrames = Counter("dubbing_output_frames_total", "Frames that went into the muxer.", "stream_id", "type");
        EgressUp = Gauge("dubbing_egress_up", "1 while output is passed on to an egress target.", "stream_id", "target");
        EgressBytes = Counter("dubbing_egress_bytes_total", "Bytes sent to an egress target.", "stream_id", "target");
        EgressRestarts = Counter("dubbing_egress_restarts_total", "Times that the way to an egress target failed.", "stream_id", "target");
    }

    public static string[] ProcessedStatus { get; } = ["success", "partial", "failed"];

    public static string[] FallbackReasons { get; } =
        ["timeout", "failed", "breaker_open", "disconnected", "backpressure", "invalid_audio", "late", "short"];

    public static string[] BackpressureActions { get; } = ["slow_down", "pause", "none"];

    public static string[] StsErrors { get; } =
    [
        "timeout", "model_error", "gpu_oom", "queue_full", "rate_limit", "rate_limit_exceeded", "translation_api_unavailable",
        "backpressure_exceeded", "stream_not_found", "stream_paused", "invalid_config", "invalid_voice_profile",
        "unsupported_language", "fragment_too_large", "invalid_sequence", "malformed_data", "auth_failed", "malformed_message",
    ];

    public static string[] RestartCauses { get; } = ["eos", "input", "output", "pipeline", "worker", "launch", "request"];

    public static string[] MessageLevels { get; } = ["error", "warning"];

    public static string[] Tracks { get; } = ["audio", "video"];

    public Gauge Info { get; }

    public Counter Segments { get; }

    public Counter SegmentBytes { get; }

    public Counter Sent { get; }

    public Counter Processed { get; }

    public Histogram Latency { get; }

    public Gauge Inflight { get; }

    public Gauge BreakerState { get; }

    public Counter BreakerFailures { get; }

    public Counter BreakerFallbacks { get; }

    public Gauge AvSync { get; }

    public Counter Errors { get; }

    public Gauge PipelineState { get; }

    public Counter Backpressure { get; }

    public Gauge Streams { get; }

    public Counter HookEvents { get; }

    public Counter Fallbacks { get; }

    public Counter Reconnects { get; }

    public Gauge StsConnected { get; }

    public Counter Restarts { get; }

    public Counter GstMessages { get; }

    public Gauge Delay { get; }

    public Histogram Slack { get; }

    public Counter OutputBytes { get; }

    public Counter OutputFrames { get; }

    public Gauge EgressUp { get; }

    public Counter EgressBytes { get; }

    public Counter EgressRestarts { get; }

    /// <summary>Counters with no label but the stream.</summary>
    public IEnumerable<Counter> StreamCounters => [Sent, BreakerFailures, BreakerFallbacks, Reconnects];

    /// <summary>Gauges with no label but the stream.</summary>
    public IEnumerable<Gauge> StreamGauges => [.. ExchangeGauges, AvSync, Delay];

    /// <summary>Those that say how the exchange with the STS server stands.</summary>
    public IEnumerable<Gauge> ExchangeGauges => [Inflight, BreakerState, StsConnected];

    /// <summary>A label value from a fixed list; anything else is <c>other</c>, so that label sets stay bounded.</summary>
    public static string Known(string value, string[] known) => known.Contains(value) ? value : "other";

    /// <summary>Removes every series of a stream.</summary>
    public void Remove(string stream)
    {
        foreach (var (collector, remove, labels) in _streamCollectors)
        {
            var place = Array.IndexOf([.. collector.LabelNames], "stream_id");
            foreach (var values in labels().Where(values => values[place] == stream).ToList()) remove(values);
        }
    }

    private Counter Counter(string name, string help, params string[] labels)
    {
        var counter = _factory.CreateCounter(name, help, labels);
        Keep(counter, labels);
        return counter;
    }

    private Gauge Gauge(string name, string help, params string[] labels)
    {
        var gauge = _factory.CreateGauge(name, help, labels);
        Keep(gauge, labels);
        return gauge;
    }

    private Histogram Histogram(string name, string help, double[] buckets)
    {
        var histogram = _factory.CreateHistogram(name, help, ["stream_id"], new HistogramConfiguration { Buckets = buckets });
        Keep(histogram, ["stream_id"]);
        return histogram;
    }

    private void Keep<TChild>(Collector<TChild> collector, string[] labels)
        where TChild : ChildBase
    {
        if (labels.Contains("stream_id")) _streamCollectors.Add((collector, collector.RemoveLabelled, collector.GetAllLabelValues));
    }
}
