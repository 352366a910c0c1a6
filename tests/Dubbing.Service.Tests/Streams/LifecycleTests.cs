using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

/// <summary>How runs begin and end, how many there may be, and what they show meanwhile.</summary>
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
    public async Task A_thousand_events_in_any_order_never_make_two_pipelines()
    {
        await using var service = await TestService.StartAsync();
        var random = new Random(7);
        var posts = Enumerable.Range(0, 1000).Select(_ => (Stream: $"s{random.Next(4)}", Source: $"c{random.Next(3)}", Ready: random.Next(3) > 0)).ToArray();
        await Parallel.ForEachAsync(posts, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (post, _) =>
        {
            var (status, _) = post.Ready ? await service.ReadyAsync(post.Stream, post.Source) : await service.NotReadyAsync(post.Stream, post.Source);
            Assert.Equal(200, status);
            // Grace periods and retries are over while other events come.
            service.Time.Advance(TimeSpan.FromSeconds(7));
        });
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
    public async Task What_hangs_at_the_end_of_a_run_does_not_keep_the_service_beyond_its_drain_time()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.EndsWhenAsked = false;
        service.Launcher.HostLeaves = new TaskCompletionSource().Task;
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        var stopping = service.StopAsync();
        await pipeline.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        service.Time.Advance(TimeSpan.FromSeconds(15));
        pipeline.EndOfStream();
        await pipeline.Gone;
        await Testing.Poll.Until(() => pipeline.Disposed, TimeSpan.FromSeconds(20), () => "the pipeline is there");
        // What is left of 20 s, counted from where the pipeline was gone.
        await Testing.Poll.Until(() =>
        {
            service.Time.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompleted;
        }, TimeSpan.FromSeconds(20), () => "the service waits");
    }
}
