using Dubbing.Pipeline;
using Dubbing.Service.Egress;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Egress;

/// <summary>The life of an egress target beside its stream's.</summary>
public sealed class EgressTests
{
    private const string Target = "rtmp://x.example.com/app/s3cr3t-key?token=s3cr3t%2Ft0ken";
    private const string Other = "rtmps://user:s3cr3t-pw@y.example.com/app/s3cr3t-other";

    [Fact]
    public async Task It_begins_when_output_flows_and_gets_it_from_the_media_server()
    {
        await using var service = await StartAsync(Target);
        await service.ReadyAsync();
        var dubbing = await service.Launcher.NextAsync();
        service.Poll();
        Assert.Equal(EgressState.Waiting, Assert.Single((await service.UntilAsync(StreamState.Starting)).Egress!).State);
        Assert.True(service.Launcher.NoEgressWaits);

        await FlowAsync(service, dubbing);
        var egress = await service.Launcher.NextEgressAsync();
        Assert.Equal("egress.launch", egress.File.Name);
        Assert.Equal("rtmp://127.0.0.1:1935/live/a/out", egress.Values["input"].Text);
        Assert.Equal(new PlaceholderValue(Target, Secret: true), egress.Values["target"]);
        await UntilAsync(service, EgressState.Connecting);
        // The first bytes are the handshake.
        Count(service, egress, 3000);
        Count(service, egress, 3000);
        Assert.Equal(EgressState.Connecting, service.Streams.Find("a")!.Status.Egress![0].State);
        Count(service, egress, 90_000);
        await UntilAsync(service, EgressState.Sending);
        Assert.Contains("""dubbing_egress_up{stream_id="a",target="1"} 1""", await service.TextAsync("/metrics"));
        Assert.Contains("""dubbing_egress_bytes_total{stream_id="a",target="1"} 90000""", await service.TextAsync("/metrics"));
    }

    [Fact]
    public async Task A_dead_target_is_tried_again_with_growing_pauses_and_nothing_else_knows_of_it()
    {
        await using var service = await StartAsync($"{Target} {Other}");
        var dubbing = await RunAsync(service);
        var pipelines = new[] { await service.Launcher.NextEgressAsync(), await service.Launcher.NextEgressAsync() };
        var other = pipelines.Single(pipeline => pipeline.Values["target"].Text == Other);
        other.Run();
        Count(service, other, 3000);
        Count(service, other, 9000);
        await service.UntilAsync(status => status.Egress![1].State == EgressState.Sending);
        var dead = pipelines.Single(pipeline => pipeline != other);
        var restarts = 0;
        foreach (var seconds in new[] { 1, 2, 4, 8, 16 })
        {
            dead.Fail("connection refused", "out", "rtmp2sink");
            var due = service.Time.GetUtcNow().AddSeconds(seconds);
            var status = await service.UntilAsync(status => status.Egress![0].NextTryAt == due);
            Assert.Equal(new EgressStatus("rtmp://x.example.com/app/***", EgressState.Retrying, ++restarts) { NextTryAt = due, LastError = "connection refused" }, status.Egress![0]);
            Assert.Equal((StreamState.Running, 0, 0), (status.State, status.Restarts, status.Errors.Count));
            Count(service, other, 9000 + (1000 * restarts));
            service.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.True(service.Launcher.NoEgressWaits);
            service.Time.Advance(TimeSpan.FromMilliseconds(1));
            dead = await service.Launcher.NextEgressAsync();
        }

        var last = await service.UntilAsync(status => status.Egress![0].State == EgressState.Connecting);
        Assert.Equal(new EgressStatus("rtmps://***@y.example.com/app/***", EgressState.Sending, 0), last.Egress![1]);
        Assert.Contains("""dubbing_egress_restarts_total{stream_id="a",target="1"} 5""", await service.TextAsync("/metrics"));
        Assert.Contains("""dubbing_egress_restarts_total{stream_id="a",target="2"} 0""", await service.TextAsync("/metrics"));
        Assert.Contains("""dubbing_egress_up{stream_id="a",target="2"} 1""", await service.TextAsync("/metrics"));
        Assert.False(dubbing.StopAsked.IsCompleted);
        Assert.Empty(service.Launcher.Doubles);
    }

    [Fact]
    public async Task A_target_that_takes_nothing_for_half_a_minute_is_tried_again()
    {
        await using var service = await StartAsync(Target);
        await RunAsync(service);
        var egress = await service.Launcher.NextEgressAsync();
        egress.Run();
        Count(service, egress, 5000);
        Count(service, egress, 6000);
        await UntilAsync(service, EgressState.Sending);
        service.Time.Advance(TimeSpan.FromSeconds(29));
        service.Poll();
        Assert.Equal(EgressState.Sending, service.Streams.Find("a")!.Status.Egress![0].State);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        service.Poll();
        Assert.False(await egress.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        var status = await UntilAsync(service, EgressState.Retrying);
        Assert.Equal((1, "nothing could be sent for 30 s"), (status.Restarts, status.LastError));
    }

    [Fact]
    public async Task A_restart_of_the_dubbing_pipeline_neither_ends_it_nor_counts_against_it()
    {
        await using var service = await StartAsync(Target);
        var dubbing = await RunAsync(service);
        var egress = await service.Launcher.NextEgressAsync();
        egress.Run();
        dubbing.Fail("gone", "mux", "flvmux");
        var waiting = await service.UntilAsync(status => status.NextTryAt is not null && status.Egress![0].State == EgressState.Waiting);
        Assert.False(egress.StopAsked.IsCompleted);
        // The media server throws its readers out.
        egress.EndOfStream();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await service.Launcher.NextAsync();
        Assert.Equal(new EgressStatus("rtmp://x.example.com/app/***", EgressState.Waiting, 0), service.Streams.Find("a")!.Status.Egress![0]);
        Assert.True(service.Launcher.NoEgressWaits);
        await FlowAsync(service, next);
        await service.Launcher.NextEgressAsync();
        Assert.Equal(waiting.RunId, service.Streams.Find("a")!.Status.RunId);
        Assert.Empty(service.Launcher.Doubles);
    }

    [Fact]
    public async Task Where_the_media_server_keeps_its_readers_the_same_pipeline_goes_on()
    {
        await using var service = await StartAsync(Target);
        var dubbing = await RunAsync(service);
        var egress = await service.Launcher.NextEgressAsync();
        egress.Run();
        dubbing.Fail("gone", "mux", "flvmux");
        await service.UntilRetryAsync();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await service.Launcher.NextAsync();
        await FlowAsync(service, next);
        await UntilAsync(service, EgressState.Connecting);
        Count(service, egress, 5000);
        Count(service, egress, 6000);
        await UntilAsync(service, EgressState.Sending);
        Assert.True(service.Launcher.NoEgressWaits);
    }

    [Fact]
    public async Task Its_own_input_that_ends_first_is_asked_for_again_and_is_no_failure_of_the_target()
    {
        await using var service = await StartAsync(Target);
        await RunAsync(service);
        (await service.Launcher.NextEgressAsync()).Fail("connection refused");
        var due = service.Time.GetUtcNow().AddSeconds(1);
        var status = (await service.UntilAsync(status => status.Egress![0].NextTryAt == due)).Egress![0];
        Assert.Equal((EgressState.Waiting, 0, "connection refused"), (status.State, status.Restarts, status.LastError));
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await service.Launcher.NextEgressAsync();
    }

    [Fact]
    public async Task It_ends_with_the_run_after_what_was_played_out()
    {
        await using var service = await StartAsync(Target, ("DUBBING__LIFECYCLE__GRACESECONDS", "1"));
        service.Launcher.EndsWhenAsked = false;
        var dubbing = await RunAsync(service);
        var egress = await service.Launcher.NextEgressAsync();
        egress.Run();
        Count(service, egress, 5000);
        Count(service, egress, 6000);
        await UntilAsync(service, EgressState.Sending);
        await service.NotReadyAsync();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await dubbing.StopAsked);
        // While the rest is played out it goes on.
        Assert.Equal(EgressState.Sending, (await service.UntilAsync(StreamState.Stopping)).Egress![0].State);
        dubbing.EndOfStream();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await service.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), bound.Token)).Contains("""pipeline_state{stream_id="a",pipeline="dub-rtmp"} 0""", StringComparison.Ordinal))
            await Task.Yield();
        // What was in the queue then has been done.
        await service.NotReadyAsync();
        // The last packets get their time.
        Assert.False(egress.StopAsked.IsCompleted);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await egress.StopAsked.WaitAsync(bound.Token));
        egress.EndOfStream();
        var status = await service.UntilAsync(StreamState.Idle);
        Assert.Equal(new EgressStatus("rtmp://x.example.com/app/***", EgressState.Waiting, 0), status.Egress![0]);
        Assert.Contains("""dubbing_egress_up{stream_id="a",target="1"} 0""", await service.TextAsync("/metrics"));
        Assert.True(service.Launcher.NoEgressWaits);
    }

    [Fact]
    public async Task One_that_does_not_end_does_not_hold_the_run()
    {
        await using var service = await StartAsync(Target);
        await service.ReadyAsync();
        var dubbing = await service.Launcher.NextAsync();
        service.Launcher.EndsWhenAsked = false;
        await FlowAsync(service, dubbing);
        var egress = await service.Launcher.NextEgressAsync();
        egress.Run();
        await service.SendAsync(HttpMethod.Delete, "/v1/streams/a");
        await egress.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await dubbing.Gone;
        await AdvanceUntilAsync(service, () => service.Streams.Find("a")!.Status.State == StreamState.Idle);
        egress.End(PipelineState.Stopped);
    }

    [Fact]
    public async Task Keys_and_passwords_show_nowhere()
    {
        await using var service = await StartAsync($"{Target} {Other}", ("LOG_LEVEL", "trace"));
        var log = service.CaptureLog();
        await RunAsync(service);
        for (var place = 0; place < 2; place++)
        {
            var egress = await service.Launcher.NextEgressAsync();
            var target = egress.Values["target"].Text;
            foreach (var text in new[] { target, new Uri(target).PathAndQuery, new Uri(target).AbsolutePath.Split('/')[^1], new Uri(target).Query, new Uri(target).UserInfo })
                egress.Post(new PipelineWarning(service.Time.GetUtcNow(), "out", "rtmp2sink", $"can't publish '{text}'", text));
            egress.Fail($"no such stream {new Uri(target).AbsolutePath.Split('/')[^1]} at {target}", "out", "rtmp2sink");
        }

        var status = await service.UntilAsync(status => status.Egress!.All(target => target.State == EgressState.Retrying));
        Assert.All(status.Egress!, target => Assert.StartsWith("no such stream *** at ", target.LastError));
        using var events = await EventStream.OpenAsync(service.Http, "/v1/streams/a/events");
        var told = new List<string>();
        while (told.Count(block => block.Contains("\"state\":\"retrying\"")) < 2) told.Add((await events.NextAsync())!);
        var all = string.Join('\n', [.. log.Lines, .. told, await service.TextAsync("/v1/streams/a"), await service.TextAsync("/v1/streams"), await service.TextAsync("/metrics")]);
        Assert.Contains("can't publish '***'", all);
        Assert.DoesNotContain("s3cr3t", all);
    }

    private static Task<TestService> StartAsync(string targets, params (string Name, string Value)[] settings) =>
        TestService.StartAsync([("DUBBING__STREAMS__a__EGRESS", targets), .. settings]);

    // Until the output flows.
    private static async Task<FakePipeline> RunAsync(TestService service)
    {
        await service.ReadyAsync();
        var dubbing = await service.Launcher.NextAsync();
        await FlowAsync(service, dubbing);
        return dubbing;
    }

    private static async Task FlowAsync(TestService service, FakePipeline dubbing)
    {
        // Not the delay that is expected before the pipeline says so: it is PLAYING.
        dubbing.Run(latencySeconds: 16);
        await service.UntilAsync(status => status.DelaySeconds == 16);
        dubbing.StatsByElement["out"] = new Dictionary<string, object> { ["out-bytes-total"] = 1UL };
        service.Poll();
        await service.UntilAsync(StreamState.Running);
    }

    private static async Task AdvanceUntilAsync(TestService service, Func<bool> done)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!done())
        {
            bound.Token.ThrowIfCancellationRequested();
            service.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    private static void Count(TestService service, FakePipeline egress, long bytes)
    {
        egress.StatsByElement["out"] = new Dictionary<string, object> { ["out-bytes-total"] = (ulong)bytes };
        service.Poll();
    }

    private static async Task<EgressStatus> UntilAsync(TestService service, EgressState state) =>
        (await service.UntilAsync(status => status.Egress![0].State == state)).Egress![0];
}
