using Dubbing.Pipeline;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

public class LifecycleTests
{
    [Fact]
    public async Task A_ready_starts_one_pipeline_and_a_second_changes_nothing()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal("worker_started", TestService.Field((await service.ReadyAsync()).Body, "status"));
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync()).Body, "status"));
        var pipeline = await service.Launcher.NextAsync();
        Assert.Equal("dub-rtmp.launch", pipeline.File.Name);
        Assert.Equal("rtmp://127.0.0.1:1935/live/a/in", pipeline.Values["input"].Text);
        Assert.Equal("rtmp://127.0.0.1:1935/live/a/out", pipeline.Values["output"].Text);
        Assert.True(pipeline.Values["sts_api_key"].Secret);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(pipeline.Values["segment_dir"].Text));
        Assert.True(service.Launcher.NothingWaits);
    }

    [Fact]
    public async Task Another_source_type_is_pulled_over_rtsp()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync(type: "somethingNew");
        var pipeline = await service.Launcher.NextAsync();
        Assert.Equal("dub.launch", pipeline.File.Name);
        Assert.Equal("rtsp://127.0.0.1:8554/live/a/in", pipeline.Values["input"].Text);
    }

    [Fact]
    public async Task A_track_that_stops_is_shown_until_it_comes_again()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Message("input-track", ("track", "audio"), ("flows", false), ("stopped-for", 10_000_000_000UL));
        await service.UntilAsync(status => status.StoppedTracks is ["audio"]);
        pipeline.Message("input-track", ("track", "audio"), ("flows", true), ("stopped-for", 0UL));
        await service.UntilAsync(status => status.StoppedTracks is null);
    }

    [Fact]
    public async Task It_is_starting_until_the_delay_line_is_full()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        service.Time.Advance(TimeSpan.FromSeconds(5));
        var status = await service.GetAsync();
        Assert.Equal(("starting", 15.0, 10.0), (status.GetProperty("state").GetString(),
            status.GetProperty("delay_seconds").GetDouble(), status.GetProperty("first_output_in_seconds").GetDouble()));

        pipeline.Run(latencySeconds: 16.5);
        await service.UntilAsync(status => status.DelaySeconds == 16.5);
        pipeline.StatsByElement["out"] = new Dictionary<string, object> { ["out-bytes-total"] = 0UL };
        service.Time.Advance(TimeSpan.FromSeconds(60));
        service.Poll();
        Assert.Equal("starting", (await service.GetAsync()).GetProperty("state").GetString());
        pipeline.StatsByElement["out"] = new Dictionary<string, object> { ["out-bytes-total"] = 10UL };
        service.Poll();
        Assert.Null((await service.UntilAsync(StreamState.Running)).FirstOutputInSeconds);
    }

    [Fact]
    public async Task A_publisher_that_returns_within_the_grace_period_goes_on_with_the_same_run()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        var run = (await service.UntilAsync(StreamState.Starting)).RunId;
        Assert.Equal("stop_scheduled", TestService.Field((await service.NotReadyAsync()).Body, "status"));
        service.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync(source: "s2")).Body, "status"));
        service.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(pipeline.StopAsked.IsCompleted);
        Assert.Equal(run, (await service.UntilAsync(status => status.StopAt is null)).RunId);
    }

    [Fact]
    public async Task A_publisher_that_stays_away_is_played_out()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        await service.NotReadyAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await pipeline.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await service.UntilAsync(StreamState.Idle);
        Assert.Equal("not_running", TestService.Field((await service.NotReadyAsync()).Body, "status"));
    }

    [Fact]
    public async Task A_late_not_ready_of_an_older_source_stops_nothing()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync(source: "old");
        await service.ReadyAsync(source: "new");
        Assert.Equal("already_running", TestService.Field((await service.NotReadyAsync(source: "old")).Body, "status"));
        Assert.Null((await service.UntilAsync(StreamState.Starting)).StopAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_input_that_was_played_out_waits_for_its_publisher_until_the_grace_period_is_over(bool hookFirst)
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        await PlayOutAsync(service, hookFirst);
        service.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(StreamState.Stopping, service.Streams.Find("a")!.Status.State);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await service.UntilAsync(StreamState.Idle);
        service.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(service.Launcher.NothingWaits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_publisher_that_returns_after_all_was_played_out_goes_on_with_the_same_run(bool hookFirst)
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var run = await PlayOutAsync(service, hookFirst);
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync(source: "s2")).Body, "status"));
        Assert.Equal(run, (await service.Launcher.NextAsync()).Values["run_id"].Text);
        Assert.Null((await service.UntilAsync(StreamState.Starting)).StopAt);
    }

    [Fact]
    public async Task A_failed_pipeline_is_tried_again_with_growing_pauses_then_degraded()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 60, 60 })
        {
            var pipeline = await service.Launcher.NextAsync();
            pipeline.Fail("refused by rtmp://user:pw@example.com/app/key", "mux", "flvmux");
            var due = service.Time.GetUtcNow().AddSeconds(seconds);
            var status = await service.UntilAsync(status => status.NextTryAt == due);
            Assert.Equal(seconds == 60 ? StreamState.Degraded : StreamState.Starting, status.State);
            service.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.True(service.Launcher.NothingWaits);
            service.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var last = await service.Launcher.NextAsync();
        last.StatsByElement["out"] = new Dictionary<string, object> { ["out-bytes-total"] = 1UL };
        last.Run(latencySeconds: 16);
        await service.UntilAsync(status => status.DelaySeconds == 16);
        service.Poll();
        var good = await service.UntilAsync(StreamState.Running);
        Assert.Equal((null, 8), (good.Reason, good.Restarts));
        Assert.All(good.Errors, error => Assert.Equal("refused by rtmp://***@example.com/app/***", error.Message));
    }

    [Fact]
    public async Task The_next_pipeline_of_a_run_numbers_its_fragments_on()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var first = await service.Launcher.NextAsync();
        Assert.Equal("0", first.Values["first_fragment"].Text);
        first.Run();
        for (var i = 0UL; i < 3; i++)
            first.Message("sts-fragment-cut", ("fragment-id", $"f{i}"), ("index", i));
        first.Fail("gone");
        await service.UntilAsync(status => status.NextTryAt is not null);
        service.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("3", (await service.Launcher.NextAsync()).Values["first_fragment"].Text);
    }

    [Fact]
    public async Task A_file_that_does_not_launch_is_tried_again_and_shown()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.Refusal = "dub-rtmp.launch:3: no element";
        await service.ReadyAsync();
        var status = await service.UntilAsync(status => status.NextTryAt is not null);
        Assert.Equal("dub-rtmp.launch:3: no element", Assert.Single(status.Errors).Message);
        service.Launcher.Refusal = null;
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await service.Launcher.NextAsync();
    }

    [Fact]
    public async Task An_input_without_audio_is_degraded_and_not_tried_again_until_another_comes()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        (await service.Launcher.NextAsync()).Fail("No audio track within 5 s", "gate", "avgate");
        Assert.Equal("No audio track within 5 s", (await service.UntilAsync(StreamState.Degraded)).Reason);
        service.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(service.Launcher.NothingWaits);
        await service.ReadyAsync(source: "s2");
        await service.Launcher.NextAsync();
        Assert.Null((await service.UntilAsync(StreamState.Starting)).Reason);
    }

    [Fact]
    public async Task A_ready_while_stopping_begins_a_new_run_when_the_old_one_is_gone()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.EndsWhenAsked = false;
        await service.ReadyAsync();
        var first = await service.Launcher.NextAsync();
        await service.NotReadyAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.UntilAsync(StreamState.Stopping);
        Assert.Equal("worker_started", TestService.Field((await service.ReadyAsync(source: "s2")).Body, "status"));
        Assert.True(service.Launcher.NothingWaits);
        first.EndOfStream();
        var second = await service.Launcher.NextAsync();
        Assert.NotEqual(first.Values["run_id"].Text, second.Values["run_id"].Text);
        Assert.Empty(service.Launcher.Doubles);
        second.End(PipelineState.Stopped);
    }

    [Fact]
    public async Task A_thousand_events_in_any_order_never_make_two_pipelines()
    {
        await using var service = await TestService.StartAsync();
        var random = new Random(7);
        var posts = Enumerable.Range(0, 1000).Select(_ => (Stream: $"s{random.Next(4)}", Source: $"c{random.Next(3)}", Ready: random.Next(3) > 0)).ToArray();
        using var clock = new CancellationTokenSource();
        var ticking = Task.Run(async () =>
        {
            while (!clock.IsCancellationRequested)
            {
                service.Time.Advance(TimeSpan.FromSeconds(7));
                await Task.Yield();
            }
        }, TestContext.Current.CancellationToken);
        await Parallel.ForEachAsync(posts, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (post, _) =>
        {
            var (status, _) = post.Ready ? await service.ReadyAsync(post.Stream, post.Source) : await service.NotReadyAsync(post.Stream, post.Source);
            Assert.Equal(200, status);
        });
        await clock.CancelAsync();
        await ticking;
        Assert.Empty(service.Launcher.Doubles);
        Assert.InRange(service.Launcher.Count, 4, 1000);
    }

    [Fact]
    public async Task Streams_beyond_the_configured_number_are_refused()
    {
        await using var service = await TestService.StartAsync(("MAX_CONCURRENT_STREAMS", "2"));
        await service.ReadyAsync("a");
        await service.ReadyAsync("b");
        Assert.Equal(429, (await service.ReadyAsync("c")).Status);
        Assert.Equal(200, (await service.ReadyAsync("a")).Status);
        await service.NotReadyAsync("a");
        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.UntilAsync(StreamState.Idle);
        Assert.Equal(200, (await service.ReadyAsync("c")).Status);
    }

    [Fact]
    public async Task A_stop_drains_every_stream_and_answers_503_meanwhile()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.EndsWhenAsked = false;
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        var stopping = service.StopAsync();
        Assert.True(await pipeline.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(503, (await service.ReadyAsync("b")).Status);
        Assert.Equal(503, (await service.NotReadyAsync()).Status);
        Assert.False(stopping.IsCompleted);
        pipeline.EndOfStream();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(pipeline.Disposed);
    }

    [Fact]
    public async Task Fragments_are_counted_and_listed()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        for (var i = 0UL; i < 120; i++)
        {
            pipeline.Message("sts-fragment-cut", ("fragment-id", $"f{i}"), ("index", i), ("start-time", i * 6_000_000_000), ("duration", 5_994_000_000UL), ("bytes", 100UL));
            pipeline.Message("sts-fragment-sent", ("fragment-id", $"f{i}"), ("index", i), ("inflight", 1));
            pipeline.Message("sts-fragment-processed", ("fragment-id", $"f{i}"), ("status", "success"), ("rtt-ms", 812L), ("slack-ms", 4200L), ("inflight", 0));
            pipeline.Message("sts-fragment", ("fragment-id", $"f{i}"), ("index", i), ("outcome", i == 119 ? "fallback" : "dubbed"),
                ("reason", i == 119 ? "late" : ""), ("start-time", i * 6_000_000_000), ("duration", 5_994_000_000UL));
        }

        pipeline.Message("sts-state", ("state", "ready"));
        await service.UntilAsync(status => status.StsState == "ready");
        var counts = (await service.GetAsync()).GetProperty("fragments");
        Assert.Equal("""{"cut":120,"sent":120,"acked":0,"processed":120,"dubbed":119,"fallback":{"late":1}}""", counts.ToString());
        var fragments = System.Text.Json.JsonDocument.Parse(await service.Http.GetStringAsync(new Uri("/v1/streams/a/fragments", UriKind.Relative), TestContext.Current.CancellationToken)).RootElement.GetProperty("fragments");
        Assert.Equal(100, fragments.GetArrayLength());
        Assert.Equal(
            """{"id":"f119","index":119,"start_seconds":714,"duration_seconds":5.994,"sent":true,"answered_ms":812,"outcome":"fallback","reason":"late","slack_ms":4200}""",
            fragments[99].ToString());
    }

    [Fact]
    public async Task The_graph_is_the_running_pipelines_or_that_of_the_one_that_failed()
    {
        await using var service = await TestService.StartAsync();
        var address = new Uri("/v1/streams/a/graph", UriKind.Relative);
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run(latencySeconds: 16);
        await service.UntilAsync(status => status.DelaySeconds == 16);
        Assert.Equal("digraph dub {}", await service.Http.GetStringAsync(address, TestContext.Current.CancellationToken));
        pipeline.Fail("gone");
        await service.UntilAsync(status => status.NextTryAt is not null);
        Assert.Equal("digraph dub {}", await service.Http.GetStringAsync(address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Segment_folders_of_ended_runs_are_kept_within_bounds()
    {
        await using var service = await TestService.StartAsync(("DUBBING__SEGMENTS__MAXRUNS", "1"));
        for (var i = 0; i < 3; i++)
        {
            await service.ReadyAsync(source: $"s{i}");
            (await service.Launcher.NextAsync()).Run();
            await service.NotReadyAsync(source: $"s{i}");
            service.Time.Advance(TimeSpan.FromSeconds(30));
            await service.UntilAsync(StreamState.Idle);
        }

        service.Streams.Tidy();
        var run = (await service.UntilAsync(StreamState.Idle)).RunId!;
        Assert.Equal([run], Directory.GetDirectories(Path.Combine(service.SegmentFolder, "a")).Select(folder => Path.GetFileName(folder)!));
    }

    private static async Task<string> PlayOutAsync(TestService service, bool hookFirst)
    {
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run();
        if (hookFirst) await service.NotReadyAsync();
        pipeline.EndOfStream();
        if (!hookFirst)
        {
            await service.UntilAsync(status => status.NextTryAt is not null);
            await service.NotReadyAsync();
        }

        return (await service.UntilAsync(status => status is { State: StreamState.Stopping, NextTryAt: null, StopAt: not null })).RunId!;
    }
}
