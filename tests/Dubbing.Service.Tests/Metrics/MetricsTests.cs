using System.Text.RegularExpressions;
using Dubbing.Pipeline;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Metrics;

public partial class MetricsTests
{
    private static readonly Uri _address = new("/metrics", UriKind.Relative);
    private static readonly string[] _figures =
        ["dubbing_sts_connected", "media_service_worker_circuit_breaker_state", "media_service_worker_circuit_breaker_failures_total"];

    [Fact]
    public async Task A_stream_that_has_just_begun_has_all_its_series_at_zero()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        Snapshot.AssertEqual("metrics-begun", await OwnAsync(service));
    }

    [Fact]
    public async Task Everything_that_happens_is_counted()
    {
        await using var service = await TestService.StartAsync();
        await service.HookAsync("ready", "{}");
        await service.HookAsync("ready", """{"path":"live/a/out","sourceType":"x","sourceId":"y"}""");
        await service.ReadyAsync();
        var first = await service.Launcher.NextAsync();
        first.Run();
        Exchange(first);
        first.StatsByElement["dub"] = new Dictionary<string, object> { ["inflight"] = 3 };
        await PollAsync(service, first, bytes: 1000, frames: 30, delay: 16);
        first.Post(new PipelineWarning(service.Time.GetUtcNow(), "mux", "flvmux", "a warning", null));
        first.Fail("gone", "out", "rtmp2sink");
        await service.UntilRetryAsync();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await service.Launcher.NextAsync();
        second.Run();
        await PollAsync(service, second, bytes: 500, frames: 15, delay: 17);
        var text = await OwnAsync(service);
        Snapshot.AssertEqual("metrics-counted", text);
        // What came with the messages is not in any label.
        Assert.All(Labels().Matches(text), label => Assert.Matches(@"\A[A-Za-z0-9_.+-]*\z", label.Groups[1].Value));
    }

    [Fact]
    public async Task The_end_of_a_run_ends_its_exchange_and_keeps_what_was_counted()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run();
        Exchange(pipeline);
        pipeline.EndOfStream();
        await service.UntilRetryAsync();
        await service.NotReadyAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.UntilAsync(StreamState.Idle);
        Snapshot.AssertEqual("metrics-ended", await OwnAsync(service));
    }

    [Fact]
    public async Task The_death_of_a_worker_ends_its_exchange_and_the_next_one_counts_from_zero()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var first = await service.Launcher.NextAsync();
        await ConnectAsync(first, "open", 16);
        Assert.Equal(["1", "2", "2"], await FiguresAsync(service));
        service.Launcher.HostHasEnded = true;
        first.Fail("the worker was killed");
        Assert.Equal("ended", (await service.UntilRetryAsync()).StsState);
        Assert.Equal(["0", "0", "2"], await FiguresAsync(service));
        service.Time.Advance(TimeSpan.FromSeconds(1));
        service.Launcher.HostHasEnded = false;
        await ConnectAsync(await service.Launcher.NextAsync(), "closed", 17);
        Assert.Equal(["1", "0", "4"], await FiguresAsync(service));

        async Task ConnectAsync(FakePipeline pipeline, string breaker, double delay)
        {
            pipeline.Message("sts-state", ("state", "ready"), ("reconnects", 0UL));
            pipeline.Message("sts-breaker", ("state", breaker), ("failures", 2UL));
            pipeline.Run(delay);
            await service.UntilAsync(status => status.DelaySeconds == delay);
        }
    }

    [Fact]
    public async Task A_streams_series_go_ten_minutes_after_its_end()
    {
        await using var service = await TestService.StartAsync();
        var before = await OwnAsync(service);
        await service.ReadyAsync();
        (await service.Launcher.NextAsync()).Run();
        await service.NotReadyAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        var stream = service.Streams.Find("a")!;
        await service.UntilAsync(StreamState.Idle);
        Assert.Contains("stream_id=\"a\"", await OwnAsync(service));
        service.Time.Advance(TimeSpan.FromMinutes(10));
        // It answers no more once it has gone.
        while (await stream.NotReadyAsync("s1") is not null) await Task.Yield();
        // All is as before the first stream but the hooks themselves.
        Assert.Equal(WithoutHooks(before), WithoutHooks(await OwnAsync(service)));
        Assert.Null(service.Streams.Find("a"));
    }

    [Fact]
    public async Task Process_and_runtime_are_measured_too()
    {
        await using var service = await TestService.StartAsync();
        var text = await service.Http.GetStringAsync(_address, TestContext.Current.CancellationToken);
        Assert.Contains("process_cpu_seconds_total", text);
    }

    private static void Exchange(FakePipeline pipeline)
    {
        pipeline.Message("sts-state", ("state", "ready"), ("reconnects", 0UL));
        for (var i = 0UL; i < 3; i++)
        {
            pipeline.Message("sts-fragment-cut", ("fragment-id", $"f{i}"), ("index", i), ("bytes", 100_000UL));
            pipeline.Message("sts-fragment-sent", ("fragment-id", $"f{i}"), ("index", i), ("inflight", 1));
            pipeline.Message("sts-fragment-acked", ("fragment-id", $"f{i}"), ("status", "queued"));
        }

        pipeline.Message("sts-fragment-processed", ("fragment-id", "f0"), ("status", "success"), ("rtt-ms", 812L), ("slack-ms", 7188L), ("inflight", 2));
        pipeline.Message("sts-fragment-processed", ("fragment-id", "f1"), ("status", "what?"), ("rtt-ms", 9000L), ("slack-ms", -1000L), ("inflight", 1));
        pipeline.Message("sts-fragment-processed", ("fragment-id", "f2"), ("status", "partial"), ("rtt-ms", 40L), ("slack-ms", 0L), ("inflight", 0));
        pipeline.Message("sts-fragment-processed", ("fragment-id", "f3"), ("status", "failed"), ("rtt-ms", 16000L), ("slack-ms", 100L), ("inflight", 1));
        pipeline.Message("sts-fragment", ("fragment-id", "f0"), ("outcome", "dubbed"), ("reason", ""));
        pipeline.Message("sts-fragment", ("fragment-id", "f1"), ("outcome", "fallback"), ("reason", "late"));
        pipeline.Message("sts-fragment", ("fragment-id", "f2"), ("outcome", "fallback"), ("reason", "breaker_open"));
        foreach (var reason in new[] { "timeout", "failed", "disconnected", "backpressure", "invalid_audio", "short", "no reason" })
            pipeline.Message("sts-fragment", ("fragment-id", "f3"), ("outcome", "fallback"), ("reason", reason));
        pipeline.Message("sts-error", ("code", "GPU_OOM"), ("message", "text"));
        pipeline.Message("sts-error", ("code", "rtmp://user:pw@host/any text"), ("message", "text"));
        pipeline.Message("sts-error", ("code", "MALFORMED_MESSAGE"), ("message", "text"));
        foreach (var action in new[] { "slow_down", "pause", "none", "dance" })
            pipeline.Message("sts-backpressure", ("action", action), ("severity", "low"), ("delay-ms", 500L));
        pipeline.Message("sts-breaker", ("state", "closed"), ("failures", 1UL));
        pipeline.Message("sts-breaker", ("state", "open"), ("failures", 3UL));
        pipeline.Message("sts-state", ("state", "disconnected"), ("reconnects", 0UL));
        pipeline.Message("sts-state", ("state", "connected"), ("reconnects", 2UL));
    }

    [Fact]
    public async Task What_another_exchange_has_not_changed_is_asked_for()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run(latencySeconds: 16);
        pipeline.Message("sts-breaker", ("state", "open"), ("failures", 5UL));
        pipeline.Message("sts-state", ("state", "ready"), ("reconnects", 0UL));
        await service.UntilAsync(status => status is { StsState: "ready", State: StreamState.Starting or StreamState.Running });
        pipeline.StatsByElement["dub"] = new Dictionary<string, object> { ["breaker"] = "closed", ["connected"] = false };
        Assert.Equal(["1", "2", "5"], await FiguresAsync(service));
        service.Poll();
        await service.UntilAsync(status => status.StsState == "ready");
        Assert.Equal(["0", "0", "5"], await FiguresAsync(service));
    }

    private static async Task PollAsync(TestService service, FakePipeline pipeline, ulong bytes, ulong frames, double delay)
    {
        pipeline.StatsByElement["out"] = new Dictionary<string, object> { ["out-bytes-total"] = bytes };
        pipeline.StatsByElement["gate"] = new Dictionary<string, object>
        {
            ["audio-running-time"] = 10_004_500_000UL,
            ["video-running-time"] = 10_000_000_000UL,
            ["video-frames"] = frames,
            ["audio-frames"] = frames * 2,
        };
        // A delay of its own tells when everything before it has been taken in.
        pipeline.Post(new PipelineLatencyChanged(service.Time.GetUtcNow(), TimeSpan.FromSeconds(delay)));
        await service.UntilAsync(status => status.DelaySeconds == delay);
        service.Poll();
        await service.UntilAsync(StreamState.Running);
    }

    // Connected, the breaker's state, its failures.
    private static async Task<string[]> FiguresAsync(TestService service)
    {
        var text = await OwnAsync(service);
        return [.. _figures.Select(name => Regex.Match(text, $@"^{name}{{stream_id=""a""}} (\S+)$", RegexOptions.Multiline).Groups[1].Value)];
    }

    private static string WithoutHooks(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("dubbing_hook_events_total", StringComparison.Ordinal)));

    [GeneratedRegex("=\"([^\"]*)\"")]
    private static partial Regex Labels();

    private static async Task<string> OwnAsync(TestService service)
    {
        var text = await service.Http.GetStringAsync(_address);
        var lines = text.Split('\n').TakeWhile(line => !line.StartsWith("# HELP process_", StringComparison.Ordinal) && !line.StartsWith("# HELP dotnet_", StringComparison.Ordinal))
            .Select(line => line.Replace($"host=\"{Environment.MachineName}\"", "host=\"HOST\""));
        return string.Join('\n', lines).TrimEnd() + "\n";
    }
}
