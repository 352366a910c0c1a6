using Dubbing.Service.Configuration;
using Dubbing.Service.Hosting;
using Dubbing.Service.MediaServer;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;
using Dubbing.Testing.Servers;

namespace Dubbing.Service.Tests.MediaServer;

public sealed class ReconcilerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_missed_hook_heals_with_what_the_publisher_asks_for(bool isNew)
    {
        await using var api = await FakeControlApi.StartAsync(isNew);
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        api.Publish("a", "c1", "lang=fr");
        api.Publish("b", "c2", ready: false);
        api.Paths["live/c/out"] = new FakeControlApi.FakePath("rtmpConn", "c3", "", true);
        api.Paths["other"] = new FakeControlApi.FakePath("rtmpConn", "c4", "", true);
        await service.ReconcileAsync();
        var pipeline = await service.Launcher.NextAsync();
        Assert.Equal(("a", "fr", "dub-rtmp.launch"), (pipeline.Values["stream_id"].Text, pipeline.Values["target_language"].Text, pipeline.File.Name));
        await service.ReconcileAsync();
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync(source: "c1", query: "lang=fr")).Body, "status"));
        Assert.Equal(1, service.Launcher.Count);
    }

    [Fact]
    public async Task A_stream_that_was_stopped_stays_so_until_its_publisher_comes_anew()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        await service.ReadyAsync(source: "c1");
        await service.Launcher.NextAsync();
        api.Publish("a", "c1");
        await service.ReconcileAsync();
        await service.SendAsync(HttpMethod.Delete, "/v1/streams/a");
        await service.UntilAsync(StreamState.Idle);
        var stream = service.Streams.Find("a")!;
        await service.ReconcileAsync();
        Assert.Equal(StreamState.Idle, stream.Status.State);
        service.Time.Advance(StreamSupervisor.Afterlife);
        // It is forgotten, its publisher is not.
        while (await stream.NotReadyAsync("another") is not null) await Task.Yield();
        await service.ReconcileAsync();
        Assert.Null(service.Streams.Find("a"));
        api.Publish("a", "c2");
        await service.ReconcileAsync();
        Assert.Equal("a", (await service.Launcher.NextAsync()).Values["stream_id"].Text);

        await service.SendAsync(HttpMethod.Delete, "/v1/streams/a");
        await service.UntilAsync(StreamState.Idle);
        Assert.Equal("worker_started", TestService.Field((await service.ReadyAsync(source: "c2")).Body, "status"));
    }

    [Fact]
    public async Task The_service_comes_as_its_user_of_the_media_server()
    {
        await using var api = await FakeControlApi.StartAsync();
        api.User = "dubbing:s3cr3t p/w";
        await using var service = await TestService.StartAsync(
            ("MEDIAMTX_API_URL", api.Address), ("DUBBING__MEDIASERVER__USER", "dubbing"), ("DUBBING__MEDIASERVER__PASSWORD", "s3cr3t p/w"));
        api.Publish("a", "c1");
        await service.ReconcileAsync();
        var pipeline = await service.Launcher.NextAsync();
        Assert.Equal("rtmp://127.0.0.1:1935/live/a/in?user=dubbing&pass=s3cr3t%20p%2Fw", pipeline.Values["input"].Text);
        Assert.Equal("rtmp://127.0.0.1:1935/live/a/out?user=dubbing&pass=s3cr3t%20p%2Fw", pipeline.Values["output"].Text);
        await service.ReadyAsync("b", type: "rtspSession");
        Assert.Equal("rtsp://dubbing:s3cr3t%20p%2Fw@127.0.0.1:8554/live/b/in", (await service.Launcher.NextAsync()).Values["input"].Text);
        pipeline.Fail("no luck with rtmp://127.0.0.1:1935/live/a/out?user=dubbing&pass=s3cr3t%20p%2Fw");
        Assert.Equal("no luck with rtmp://127.0.0.1:1935/live/a/out?***", Assert.Single((await service.UntilRetryAsync()).Errors).Message);
    }

    [Fact]
    public async Task Every_page_is_read()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        for (var i = 0; i < 1100; i++) api.Paths[$"live/s{i}/out"] = new FakeControlApi.FakePath("rtmpConn", $"o{i}", "", true);
        api.Publish("zz", "c1");
        await service.ReconcileAsync();
        Assert.Equal("zz", (await service.Launcher.NextAsync()).Values["stream_id"].Text);
        Assert.Equal(2 * 3, api.Lists);
    }

    [Fact]
    public async Task A_path_that_goes_between_two_pages_hides_no_other()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address), ("DUBBING__LIFECYCLE__GRACESECONDS", "0"));
        for (var i = 0; i < 500; i++) api.Paths[$"live/a{i:d3}/out"] = new FakeControlApi.FakePath("rtmpConn", $"o{i}", "", true);
        api.Publish("zz", "c1");
        await service.ReconcileAsync();
        var pipeline = await service.Launcher.NextAsync();
        api.Listed = page =>
        {
            if (page == 0) api.Paths.TryRemove("live/a000/out", out _);
        };
        await service.ReconcileAsync();
        Assert.False(pipeline.StopAsked.IsCompleted);
        Assert.NotEqual(StreamState.Stopping, service.Streams.Find("zz")!.Status.State);
    }

    [Fact]
    public async Task A_stream_that_is_gone_ends_after_the_grace_period_and_one_that_returns_goes_on()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        await service.ReadyAsync(source: "c1");
        var pipeline = await service.Launcher.NextAsync();
        api.Publish("a", "c1");
        await service.ReconcileAsync();
        api.Paths.Clear();
        await service.ReconcileAsync();
        await service.UntilAsync(status => status.StopAt == service.Time.GetUtcNow().AddSeconds(30));
        service.Time.Advance(TimeSpan.FromSeconds(15));
        api.Publish("a", "c2");
        await service.ReconcileAsync();
        await service.UntilAsync(status => status.StopAt is null);
        api.Paths.Clear();
        await service.ReconcileAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await pipeline.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await service.UntilAsync(StreamState.Idle);
    }

    [Fact]
    public async Task A_stream_that_flows_and_was_never_listed_goes_on()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run(latencySeconds: 16);
        pipeline.Message("sts-fragment-cut", ("fragment-id", "f0"), ("index", 0UL));
        pipeline.Message("sts-state", ("state", "ready"));
        await service.UntilAsync(status => status.StsState == "ready");
        await service.ReconcileAsync();
        service.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(pipeline.StopAsked.IsCompleted);
    }

    [Fact]
    public async Task A_run_of_another_media_server_is_none_of_the_list_s_business()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        api.Publish("a", "c1");
        await service.ReconcileAsync();
        var pipeline = await service.Launcher.NextAsync();
        var other = new Uri("http://other:9997");
        await service.Streams.ListedAsync(other, new Dictionary<string, StreamSource>(), TimeSpan.MaxValue);
        await service.Streams.ListedAsync(other, new Dictionary<string, StreamSource> { ["a"] = new("c2", "rtmpConn", null) }, TimeSpan.MaxValue);
        var status = await service.UntilAsync(_ => true);
        Assert.Equal((null, "c1"), (status.StopAt, status.SourceId));
        await service.Streams.ListedAsync(new Uri(api.Address), new Dictionary<string, StreamSource>(), TimeSpan.MaxValue);
        await service.UntilAsync(now => now.StopAt is not null);
        Assert.False(pipeline.StopAsked.IsCompleted);
    }

    [Fact]
    public async Task What_was_listed_where_nobody_asks_any_more_is_not_waited_for_without_end()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        api.Publish("a", "c1");
        await service.ReconcileAsync();
        var pipeline = await service.Launcher.NextAsync();
        await service.ReconcileAsync();
        pipeline.Fail("Connection refused");
        await service.UntilAsync(status => status is { InputLostSince: not null, StopAt: null });
        // The configuration was read anew, with another address.
        await service.Streams.ListedAsync(new Uri("http://other:9997"), new Dictionary<string, StreamSource>(), TimeSpan.MaxValue);
        await service.UntilAsync(status => status.StopAt == service.Time.GetUtcNow().AddSeconds(30));
    }

    [Fact]
    public async Task A_publisher_whose_query_can_not_be_had_is_taken_to_ask_for_what_the_one_before_did()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync(source: "c1", query: "lang=fr");
        var pipeline = await service.Launcher.NextAsync();
        foreach (var source in (string[])["c2", "c3"])
        {
            await service.Streams.ReadyAsync("a", new StreamSource(source, "rtmpConn", null));
            Assert.Equal(source, (await service.UntilAsync(_ => true)).SourceId);
        }

        Assert.False(pipeline.StopAsked.IsCompleted);
    }

    [Fact]
    public async Task A_list_from_before_the_publisher_came_does_not_bring_a_stopped_stream_back()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address), ("DUBBING__LIFECYCLE__GRACESECONDS", "0"));
        var before = service.Time.Now();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await service.ReadyAsync(source: "c1");
        (await service.Launcher.NextAsync()).Run();
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Delete, "/v1/streams/a")).Status);
        await service.UntilAsync(StreamState.Idle);
        await service.Streams.ListedAsync(new Uri(api.Address), new Dictionary<string, StreamSource>(), before);
        api.Publish("a", "c1");
        await service.ReconcileAsync();
        Assert.Equal(StreamState.Idle, service.Streams.Find("a")!.Status.State);
        // A list that was asked for since, and has it not: whoever comes then comes anew.
        api.Paths.Clear();
        await service.ReconcileAsync();
        api.Publish("a", "c1");
        await service.ReconcileAsync();
        await service.Launcher.NextAsync();
    }

    [Fact]
    public async Task A_hook_that_came_while_the_list_was_asked_for_counts_more()
    {
        await using var service = await TestService.StartAsync();
        var asOf = service.Time.Now();
        service.Time.Advance(TimeSpan.FromMilliseconds(1));
        await service.ReadyAsync(source: "c1");
        await service.Launcher.NextAsync();
        await service.NotReadyAsync(source: "c1");
        await service.Streams.ListedAsync(service.Configuration.Current.MediaServer.Api, new Dictionary<string, StreamSource> { ["a"] = new("c1", "rtmpConn", null) }, asOf);
        Assert.NotNull(service.Streams.Find("a")!.Status.StopAt);
    }

    [Fact]
    public async Task Without_the_api_hooks_alone_count_and_that_is_said_once()
    {
        await using var api = await FakeControlApi.StartAsync();
        api.User = "me:s3cr3t p/w";
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        using var log = new CapturedLog();
        using var reconciler = Reconciler(service, api.Address.Replace("://", "://me:wrong-s3cr3t@", StringComparison.Ordinal), log);
        for (var i = 0; i < 3; i++) await reconciler.PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal("worker_started", TestService.Field((await service.ReadyAsync()).Body, "status"));
        var host = new Uri(api.Address).Authority;
        Assert.Equal(
            [$"Warning: the control API at {host} can't be used, streams begin and end by hooks alone: it answers 401: allow this address the action api, or give MediaServer:User and Password"],
            log.Lines);
        api.User = null;
        for (var i = 0; i < 3; i++) await reconciler.PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"Information: streams are compared with the control API at {host}", log.Lines[1]);
        await api.DisposeAsync();
        for (var i = 0; i < 3; i++) await reconciler.PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, log.Lines.Count);
        Assert.StartsWith($"Warning: the control API at {host} can't be used, streams begin and end by hooks alone: it can't be reached", log.Lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", string.Join('\n', log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("nonsense")]
    [InlineData("""{"items":7}""")]
    public async Task What_is_no_list_is_no_answer(string answer)
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync();
        using var log = new CapturedLog();
        using var reconciler = Reconciler(service, api.Address, log);
        api.Nonsense = answer;
        await reconciler.PassAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("is it MediaMTX's control API?", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"2\"")]
    [InlineData("null")]
    [InlineData("1e99")]
    public async Task A_number_of_pages_that_is_none_is_one_page(string pages)
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        api.Nonsense = $$$"""{"pageCount":{{{pages}}},"items":[{"name":"live/a/in","ready":true,"source":{"type":"rtmpConn","id":"c1"}}]}""";
        await service.ReconcileAsync();
        await service.Launcher.NextAsync();
    }

    [Fact]
    public async Task User_and_password_of_the_address_are_sent()
    {
        await using var api = await FakeControlApi.StartAsync();
        api.User = "me:s3cr3t p/w";
        api.Publish("a", "c1");
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address.Replace("://", "://me:s3cr3t%20p%2Fw@", StringComparison.Ordinal)));
        await service.ReconcileAsync();
        await service.Launcher.NextAsync();
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_started_when_there_is_room_and_that_is_said_once()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MAX_CONCURRENT_STREAMS", "1"));
        using var log = new CapturedLog();
        using var reconciler = Reconciler(service, api.Address, log);
        await service.ReadyAsync("a", "c1");
        await service.Launcher.NextAsync();
        api.Publish("b", "c2");
        for (var i = 0; i < 3; i++) await reconciler.PassAsync(TestContext.Current.CancellationToken);
        Assert.Single(log.Lines, "Information: stream b is published and its hook was missed: 1 streams run, as many as may");
        await service.NotReadyAsync("a", "c1");
        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.UntilAsync(StreamState.Idle);
        await reconciler.PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal("b", (await service.Launcher.NextAsync()).Values["stream_id"].Text);
    }

    [Fact]
    public async Task Hooks_and_lists_in_any_order_never_make_two_pipelines()
    {
        await using var api = await FakeControlApi.StartAsync();
        await using var service = await TestService.StartAsync(("MEDIAMTX_API_URL", api.Address));
        var random = new Random(11);
        var steps = Enumerable.Range(0, 300).Select(_ => (Stream: $"s{random.Next(3)}", Source: $"c{random.Next(3)}", Kind: random.Next(6))).ToArray();
        await Parallel.ForEachAsync(steps, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (step, _) =>
        {
            service.Time.Advance(TimeSpan.FromSeconds(3));
            switch (step.Kind)
            {
                case 0: await service.ReconcileAsync(); break;
                case 1: api.Publish(step.Stream, step.Source); break;
                case 2: api.Paths.TryRemove($"live/{step.Stream}/in", out var _); break;
                case 3: await service.NotReadyAsync(step.Stream, step.Source); break;
                default: await service.ReadyAsync(step.Stream, step.Source); break;
            }
        });
        Assert.Empty(service.Launcher.Doubles);
        Assert.InRange(service.Launcher.Count, 3, 300);
    }

    private static Reconciler Reconciler(TestService service, string address, CapturedLog log)
    {
        var options = service.Configuration.Current;
        var store = new ConfigurationStore(options with { MediaServer = options.MediaServer with { ApiUrl = address } });
        return new Reconciler(store, new ControlApi(new HttpClient { Timeout = TimeSpan.FromSeconds(10) }), service.Streams, service.Time, log.For<Reconciler>());
    }
}
