using System.Globalization;
using System.Reflection;
using Dubbing.Pipeline;
using Dubbing.Service.Streams;
using Prometheus;

namespace Dubbing.Service.Metrics;

/// <summary>The service's own metrics, built from what pipelines report on their bus and from what their elements count.
/// A stream's series exist from its first run on, at zero, and go some time after its end. Thread-safe.</summary>
internal sealed class StreamMetrics
{
    private const string PipelineErrors = "pipeline";

    // The output element counts what it sent, not of which kind it was.
    private const string AllBytes = "all";

    private readonly MetricSet _set;
    private readonly TotalCounts _totals = new();
    private readonly string _host;

    /// <summary>Creates the metrics in a registry.</summary>
    public StreamMetrics(CollectorRegistry registry, string host)
    {
        (_set, _host) = (new MetricSet(registry), host);
        Version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);
        foreach (var hook in HookNames.Hooks)
        {
            foreach (var result in Enum.GetValues<HookResult>()) _set.HookEvents.WithLabels(hook, HookNames.Of(result));
        }
    }

    /// <summary>This service's version, as the info metric has it.</summary>
    public string Version { get; }

    /// <summary>How many streams are in each state; set when metrics are collected.</summary>
    public void SetStreams(IEnumerable<StreamState> states)
    {
        var counts = states.CountBy(state => state).ToDictionary();
        foreach (var state in Enum.GetValues<StreamState>())
            _set.Streams.WithLabels(state.ToString().ToLowerInvariant()).Set(counts.GetValueOrDefault(state));
    }

    /// <summary>A hook event was answered.</summary>
    public void HookAnswered(string hook, HookResult result) => _set.HookEvents.WithLabels(hook, HookNames.Of(result)).Inc();

    /// <summary>A run begins: the stream's series appear, at zero where they have no value yet, so that a rate sees the first event too.</summary>
    public void RunStarted(string stream)
    {
        _totals.Forget(stream);
        _set.Info.WithLabels(Version, stream, _host).Set(1);
        foreach (var counter in _set.StreamCounters) counter.WithLabels(stream);
        foreach (var gauge in _set.StreamGauges) gauge.WithLabels(stream);
        Appear(_set.Processed, MetricSet.ProcessedStatus);
        Appear(_set.Fallbacks, MetricSet.FallbackReasons);
        Appear(_set.Errors, [PipelineErrors, .. MetricSet.StsErrors]);
        Appear(_set.Backpressure, MetricSet.BackpressureActions);
        Appear(_set.Restarts, MetricSet.RestartCauses);
        Appear(_set.Segments, ["audio"]);
        Appear(_set.SegmentBytes, ["audio"]);
        Appear(_set.OutputFrames, MetricSet.Tracks);
        Appear(_set.OutputBytes, [AllBytes]);
        _set.Latency.WithLabels(stream);
        _set.Slack.WithLabels(stream);

        void Appear(Counter counter, IEnumerable<string> values)
        {
            foreach (var value in values) counter.WithLabels(stream, value);
        }
    }

    /// <summary>The exchange with the STS server has ended; the next one counts from zero.</summary>
    public void ExchangeEnded(string stream)
    {
        _totals.ForgetExchange(stream);
        foreach (var gauge in _set.ExchangeGauges) gauge.WithLabels(stream).Set(0);
    }

    /// <summary>A pipeline is launched: what its elements count begins at zero again.</summary>
    public void PipelineStarted(string stream, LaunchFile file)
    {
        _totals.ForgetElements(stream);
        _set.PipelineState.WithLabels(stream, NameOf(file.Name)).Set(0);
        foreach (var level in MetricSet.MessageLevels)
        {
            foreach (var factory in file.Factories) _set.GstMessages.WithLabels(stream, level, factory.Name);
        }
    }

    /// <summary>A pipeline is gone.</summary>
    public void PipelineEnded(string stream, string pipeline, bool failed) => _set.PipelineState.WithLabels(stream, NameOf(pipeline)).Set(failed ? 2 : 0);

    /// <summary>A pipeline is going to be restarted.</summary>
    public void Restarted(string stream, string cause) => _set.Restarts.WithLabels(stream, cause).Inc();

    /// <summary>Takes in what a pipeline reported.</summary>
    public void Add(string stream, string pipeline, PipelineEvent e)
    {
        switch (e)
        {
            case PipelineStateChanged { State: Dubbing.Pipeline.PipelineState.Running }:
                _set.PipelineState.WithLabels(stream, NameOf(pipeline)).Set(1);
                break;
            case PipelineError error:
                _set.GstMessages.WithLabels(stream, "error", error.Factory).Inc();
                _set.Errors.WithLabels(stream, PipelineErrors).Inc();
                break;
            case PipelineWarning warning:
                _set.GstMessages.WithLabels(stream, "warning", warning.Factory).Inc();
                break;
            case PipelineLatencyChanged latency:
                _set.Delay.WithLabels(stream).Set(latency.Latency.TotalSeconds);
                break;
            case PipelineElementMessage message:
                Add(stream, message);
                break;
        }
    }

    /// <summary>Takes in what elements count.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="gate">Statistics of the element in front of the muxer.</param>
    /// <param name="output">Statistics of the output element.</param>
    /// <param name="dub">Statistics of the element that plays the dubbed audio.</param>
    public void Polled(
        string stream, IReadOnlyDictionary<string, object> gate, IReadOnlyDictionary<string, object> output, IReadOnlyDictionary<string, object> dub)
    {
        // Fragments leave the server's hands without a message, too: when their time is up, or the connection is lost.
        if (dub.Number("inflight") is { } inflight) _set.Inflight.WithLabels(stream).Set(inflight);
        // And another exchange may take over, whose beginning is no change of its own.
        if (dub.TryGetValue("breaker", out var breaker)) SetBreaker(stream, $"{breaker}");
        if (dub.TryGetValue("connected", out var connected)) _set.StsConnected.WithLabels(stream).Set(connected is true ? 1 : 0);
        if (gate.Number("audio-running-time") is { } audio && gate.Number("video-running-time") is { } video)
            _set.AvSync.WithLabels(stream).Set((audio - video) / 1e6);
        foreach (var type in MetricSet.Tracks)
        {
            if (gate.Number($"{type}-frames") is { } frames)
                _set.OutputFrames.WithLabels(stream, type).Inc(_totals.Grown(stream, $"{type}-frames", frames));
        }

        if (output.Number("out-bytes-total") is { } bytes)
            _set.OutputBytes.WithLabels(stream, AllBytes).Inc(_totals.Grown(stream, "out-bytes-total", bytes));
    }

    /// <summary>A run begins that has so many egress targets: their series appear. Targets are numbered from 1; their addresses are no labels.</summary>
    public void EgressBegun(string stream, int targets)
    {
        foreach (var target in Enumerable.Range(1, targets).Select(Number))
        {
            _set.EgressUp.WithLabels(stream, target).Set(0);
            _set.EgressBytes.WithLabels(stream, target);
            _set.EgressRestarts.WithLabels(stream, target);
        }
    }

    /// <summary>Whether output is passed on to an egress target.</summary>
    public void EgressUp(string stream, int target, bool up) => _set.EgressUp.WithLabels(stream, Number(target)).Set(up ? 1 : 0);

    /// <summary>So many more bytes went to an egress target.</summary>
    public void EgressSent(string stream, int target, long bytes) => _set.EgressBytes.WithLabels(stream, Number(target)).Inc(bytes);

    /// <summary>The way to an egress target failed.</summary>
    public void EgressRestarted(string stream, int target) => _set.EgressRestarts.WithLabels(stream, Number(target)).Inc();

    /// <summary>Removes every series of a stream.</summary>
    public void Remove(string stream)
    {
        _totals.Forget(stream);
        _set.Remove(stream);
    }

    private void Add(string stream, PipelineElementMessage message)
    {
        switch (message.Name)
        {
            case "sts-fragment-cut":
                _set.Segments.WithLabels(stream, "audio").Inc();
                _set.SegmentBytes.WithLabels(stream, "audio").Inc(message.Number("bytes") ?? 0);
                break;
            case "sts-fragment-sent":
                _set.Sent.WithLabels(stream).Inc();
                SetInflight(stream, message);
                break;
            case "sts-fragment-processed":
                Processed(stream, message);
                break;
            case "sts-fragment" when message.Text("outcome") == "fallback":
                var reason = MetricSet.Known(message.Text("reason"), MetricSet.FallbackReasons);
                _set.Fallbacks.WithLabels(stream, reason).Inc();
                if (reason == "breaker_open") _set.BreakerFallbacks.WithLabels(stream).Inc();
                break;
            case "sts-state":
                _set.StsConnected.WithLabels(stream).Set(message.Text("state") is "connected" or "ready" ? 1 : 0);
                _set.Reconnects.WithLabels(stream).Inc(_totals.Grown(stream, "sts reconnects", message.Number("reconnects") ?? 0));
                break;
            case "sts-error":
                _set.Errors.WithLabels(stream, MetricSet.Known(message.Text("code").ToLowerInvariant(), MetricSet.StsErrors)).Inc(AllOf(message));
                break;
            case "sts-backpressure":
                _set.Backpressure.WithLabels(stream, MetricSet.Known(message.Text("action"), MetricSet.BackpressureActions)).Inc(AllOf(message));
                break;
            case "sts-breaker":
                SetBreaker(stream, message.Text("state"));
                _set.BreakerFailures.WithLabels(stream).Inc(_totals.Grown(stream, "sts failures", message.Number("failures") ?? 0));
                break;
        }
    }

    // It, and those like it that came too fast to be told.
    private static double AllOf(PipelineElementMessage message) => 1 + (message.Number("more") ?? 0);

    private void Processed(string stream, PipelineElementMessage message)
    {
        _set.Processed.WithLabels(stream, MetricSet.Known(message.Text("status"), MetricSet.ProcessedStatus)).Inc();
        if (message.Number("rtt-ms") is { } answered) _set.Latency.WithLabels(stream).Observe(answered / 1000.0);
        if (message.Number("slack-ms") is { } slack) _set.Slack.WithLabels(stream).Observe(slack / 1000.0);
        SetInflight(stream, message);
    }

    private void SetBreaker(string stream, string state) => _set.BreakerState.WithLabels(stream).Set(state switch { "open" => 2, "half-open" => 1, _ => 0 });

    private void SetInflight(string stream, PipelineElementMessage message)
    {
        if (message.Number("inflight") is { } inflight) _set.Inflight.WithLabels(stream).Set(inflight);
    }

    private static string Number(int target) => target.ToString(CultureInfo.InvariantCulture);

    private static string NameOf(string pipeline) => Path.GetFileNameWithoutExtension(pipeline);
}
