using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

/// <summary>Input that is lost while no hook said so, and what holds up hooks: nothing.</summary>
public sealed class LostInputTests
{
    private static readonly TimeSpan _always = TimeSpan.MaxValue;

    [Fact]
    public async Task A_not_ready_before_its_ready_leaves_no_run_behind()
    {
        await using var service = await TestService.StartAsync();
        await service.NotReadyAsync();
        await service.ReadyAsync();
        await FailUntilIdleAsync(service, within: TimeSpan.FromSeconds(60));
        service.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(service.Launcher.NothingWaits);
    }

    [Fact]
    public async Task As_long_as_the_media_server_lists_it_a_lost_input_is_tried_again()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var began = service.Time.GetUtcNow();
        while (service.Time.GetUtcNow() - began < TimeSpan.FromMinutes(5)) await FailOnceAsync(service, () => ListAsync(service, "s1"));
        Assert.NotNull(service.Streams.Find("a")!.Status.InputLostSince);
        service.Streams.ListUnknown();
        Assert.NotNull((await service.UntilAsync(status => status.StopAt is not null)).StopAt);
        await FailUntilIdleAsync(service, within: TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Input_that_comes_back_in_time_keeps_the_run()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        for (var i = 0; i < 3; i++) await FailOnceAsync(service, () => Task.CompletedTask);
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run();
        pipeline.Message("sts-fragment-cut", ("fragment-id", "f0"), ("index", 0UL));
        Assert.Null((await service.UntilAsync(status => status.InputLostSince is null)).StopAt);
        service.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(pipeline.StopAsked.IsCompleted);
    }

    [Theory]
    [InlineData("s1", 31)]
    [InlineData("s2", 3600)]
    public async Task A_publisher_who_comes_while_the_input_is_lost_ends_the_wait_for_the_one_before(string source, int seconds)
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        for (var i = 0; i < 4; i++) await FailOnceAsync(service, () => Task.CompletedTask);
        var before = await service.Launcher.NextAsync();
        await service.ReadyAsync(source: source);
        service.Time.Advance(TimeSpan.FromSeconds(seconds));
        if (source == "s1") await before.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        else Assert.Null((await service.UntilAsync(status => status.InputLostSince is null)).StopAt);
        Assert.Equal(source == "s1", before.StopAsked.IsCompleted);
    }

    [Fact]
    public async Task A_pipeline_just_launched_gets_the_time_to_show_that_there_is_input_again()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        for (var i = 0; i < 4; i++) await FailOnceAsync(service, () => Task.CompletedTask);
        var pipeline = await service.Launcher.NextAsync();
        // 1 + 2 + 4 + 8 s are over: it was launched 15 s after the loss. Nothing comes in for 15 s more.
        service.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(pipeline.StopAsked.IsCompleted);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await pipeline.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_refused_stream_is_forgotten_in_time()
    {
        await using var service = await TestService.StartAsync(("MAX_CONCURRENT_STREAMS", "1"));
        await service.ReadyAsync("a");
        Assert.Equal(429, (await service.ReadyAsync("b")).Status);
        var refused = service.Streams.Find("b")!;
        service.Time.Advance(StreamSupervisor.Afterlife);
        while (await refused.NotReadyAsync("x") is not null) await Task.Yield();
        Assert.Null(service.Streams.Find("b"));
    }

    [Fact]
    public async Task A_pipeline_that_hangs_while_it_is_launched_holds_up_no_hook()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.Gate.Reset();
        Assert.Equal("worker_started", TestService.Field((await service.ReadyAsync("a")).Body, "status"));
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync("a")).Body, "status"));
        Assert.Equal("stop_scheduled", TestService.Field((await service.NotReadyAsync("a")).Body, "status"));
        Assert.Equal("worker_started", TestService.Field((await service.ReadyAsync("b")).Body, "status"));
        Assert.Equal("starting", (await service.GetAsync("a")).GetProperty("state").GetString());
        service.Launcher.Gate.Set();
        await service.Launcher.NextAsync();
        await service.Launcher.NextAsync();
    }

    private static Task<IReadOnlyDictionary<string, HookAnswer>> ListAsync(TestService service, string source) =>
        service.Streams.ListedAsync(service.Configuration.Current.MediaServer.Api, new Dictionary<string, StreamSource> { ["a"] = new(source, "rtmpConn", null) }, _always);

    private static async Task FailOnceAsync(TestService service, Func<Task> meanwhile)
    {
        (await service.Launcher.NextAsync()).Fail("no such stream");
        var status = await service.UntilRetryAsync();
        await meanwhile();
        service.Time.Advance(status.NextTryAt!.Value - service.Time.GetUtcNow());
    }

    private static async Task FailUntilIdleAsync(TestService service, TimeSpan within)
    {
        var began = service.Time.GetUtcNow();
        while (service.Streams.Find("a")!.Status.State != StreamState.Idle)
        {
            Assert.InRange(service.Time.GetUtcNow() - began, TimeSpan.Zero, within);
            var next = service.Launcher.NextAsync();
            var idle = service.UntilAsync(StreamState.Idle);
            if (await Task.WhenAny(next, idle) == idle) break;
            (await next).Fail("no such stream");
            var status = await service.UntilAsync(status => status.NextTryAt > service.Time.GetUtcNow() || status.State == StreamState.Idle);
            if (status.NextTryAt is not { } due) break;
            service.Time.Advance((status.StopAt is { } stop && stop < due ? stop : due) - service.Time.GetUtcNow());
        }
    }
}
