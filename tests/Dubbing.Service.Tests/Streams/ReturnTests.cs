using Dubbing.Pipeline;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

/// <summary>Publishers that leave, and those that come back.</summary>
public class ReturnTests
{
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

    [Fact]
    public async Task Late_events_of_an_older_source_change_nothing()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync(source: "old");
        await service.NotReadyAsync(source: "old");
        await service.ReadyAsync(source: "new");
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync(source: "old", query: "lang=fr")).Body, "status"));
        Assert.Equal("already_running", TestService.Field((await service.NotReadyAsync(source: "old")).Body, "status"));
        var status = await service.UntilAsync(StreamState.Starting);
        Assert.Equal(("new", null), (status.SourceId, status.StopAt));
        Assert.Equal("stop_scheduled", TestService.Field((await service.NotReadyAsync(source: "new")).Body, "status"));
    }

    [Fact]
    public async Task A_late_ready_while_the_run_is_played_out_does_not_take_the_next_ones_place()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.EndsWhenAsked = false;
        await service.ReadyAsync(source: "a");
        var first = await service.Launcher.NextAsync();
        await service.NotReadyAsync(source: "a");
        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.UntilAsync(StreamState.Stopping);
        await service.ReadyAsync(source: "c");
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync(source: "a")).Body, "status"));
        first.EndOfStream();
        var next = await service.Launcher.NextAsync();
        Assert.Equal("c", (await service.UntilAsync(StreamState.Starting)).SourceId);
        next.EndOfStream();
    }

    [Fact]
    public async Task A_publisher_whose_ready_came_before_that_of_an_older_one_can_say_again_that_it_is_there()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync(source: "new");
        await service.ReadyAsync(source: "old");
        await service.NotReadyAsync(source: "old");
        await service.ReadyAsync(source: "new");
        var status = await service.UntilAsync(StreamState.Starting);
        Assert.Equal(("new", null), (status.SourceId, status.StopAt));
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

    private static async Task<string> PlayOutAsync(TestService service, bool hookFirst)
    {
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run();
        if (hookFirst) await service.NotReadyAsync();
        pipeline.EndOfStream();
        if (!hookFirst)
        {
            await service.UntilRetryAsync();
            await service.NotReadyAsync();
        }

        return (await service.UntilAsync(status => status is { State: StreamState.Stopping, NextTryAt: null, StopAt: not null })).RunId!;
    }
}
