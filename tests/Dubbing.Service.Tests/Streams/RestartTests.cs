using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Service.Tests.Streams;

/// <summary>Pipelines that fail, and those that follow them.</summary>
public class RestartTests
{
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

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Failures_count_for_ten_minutes_wherever_the_clock_is_set_to(int days)
    {
        var time = new ClockThatIsSet();
        var policy = new RestartPolicy(time, () => 0.5);
        for (var i = 0; i < 7; i++)
        {
            policy.Next(isFailure: true);
            time.Step += TimeSpan.FromDays(days);
        }

        Assert.True(policy.Next(isFailure: true).TooMany);
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal((TimeSpan.FromSeconds(1), false), policy.Next(isFailure: true));
    }

    [Fact]
    public void A_first_failure_is_tried_again_at_once_whatever_was_lost_before()
    {
        var policy = new RestartPolicy(new ClockThatIsSet(), () => 0.5);
        for (var i = 0; i < 5; i++) policy.Next(isFailure: false);
        Assert.Equal((TimeSpan.FromSeconds(1), false), policy.Next(isFailure: true));
        Assert.Equal((TimeSpan.FromSeconds(30), false), policy.Next(isFailure: false));
        Assert.Equal((TimeSpan.FromSeconds(2), false), policy.Next(isFailure: true));
    }

    [Theory]
    [InlineData("no audio track: in 3.0 s no AAC audio has come", "tracks", "livetimestamper")]
    [InlineData("the input has no track for 'aac-track' (GstCapsFilter)", "source", "rtspsrc")]
    public async Task A_publisher_without_a_track_is_not_tried_again_until_another_comes(string error, string element, string factory)
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        (await service.Launcher.NextAsync()).Fail(error, element, factory);
        var status = await service.UntilAsync(StreamState.Degraded);
        Assert.Equal((error, null, 0), (status.Reason, status.NextTryAt, status.Restarts));
        service.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(service.Launcher.NothingWaits);
        await service.ReadyAsync(source: "s2");
        (await service.Launcher.NextAsync()).Run();
    }

    [Theory]
    [InlineData("no audio track: in 3.0 s no AAC audio has come", "tracks", "livetimestamper")]
    [InlineData("the input has no track for 'aac-track' (GstCapsFilter)", "source", "rtspsrc")]
    public async Task A_camera_without_a_track_is_tried_again_for_nobody_tells_when_it_has_one(string error, string element, string factory)
    {
        await using var service = await TestService.StartAsync(("DUBBING__API__INPUTS", "rtsp://camera/live"));
        await service.SendAsync(HttpMethod.Post, "/v1/streams", """{"stream_id":"a","input":"rtsp://camera/live/1"}""");
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 60, 60 })
        {
            (await service.Launcher.NextAsync()).Fail(error, element, factory);
            var due = service.Time.GetUtcNow().AddSeconds(seconds);
            var status = await service.UntilAsync(status => status.NextTryAt == due);
            Assert.Equal((StreamState.Degraded, error, null), (status.State, status.Reason, status.InputLostSince));
            service.Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        var last = await service.Launcher.NextAsync();
        last.StatsByElement["out"] = new Dictionary<string, object> { ["out-bytes-total"] = 1UL };
        last.Run(latencySeconds: 16);
        await service.UntilAsync(status => status.DelaySeconds == 16);
        service.Poll();
        Assert.Null((await service.UntilAsync(StreamState.Running)).Reason);
    }

    [Theory]
    [InlineData("source", "rtmp2src")]
    [InlineData("out", "rtmp2sink")]
    public async Task A_lost_end_is_tried_again_every_30_s_and_does_not_degrade_the_stream(string element, string factory)
    {
        await using var service = await TestService.StartAsync(("DUBBING__LIFECYCLE__GRACESECONDS", "3600"));
        await service.ReadyAsync();
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30, 30, 30 })
        {
            (await service.Launcher.NextAsync()).Fail("gone", element, factory);
            var due = service.Time.GetUtcNow().AddSeconds(seconds);
            Assert.Equal(StreamState.Starting, (await service.UntilAsync(status => status.NextTryAt == due)).State);
            service.Time.Advance(TimeSpan.FromSeconds(seconds));
        }
    }

    [Fact]
    public async Task Another_publisher_does_not_wait_for_what_was_lost_before_it()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        for (var i = 0; i < 8; i++)
        {
            (await service.Launcher.NextAsync()).Fail("gone", "source", "rtmp2src");
            await service.UntilRetryAsync();
            await service.NotReadyAsync(source: i == 0 ? "s1" : $"flap{i}");
            await service.ReadyAsync(source: $"flap{i + 1}");
        }

        var pipeline = await service.Launcher.NextAsync();
        pipeline.Fail("crashed", "mux", "flvmux");
        var due = service.Time.GetUtcNow().AddSeconds(1);
        Assert.Equal(StreamState.Starting, (await service.UntilAsync(status => status.NextTryAt == due)).State);
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
        await service.UntilRetryAsync();
        service.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("3", (await service.Launcher.NextAsync()).Values["first_fragment"].Text);
    }

    [Fact]
    public async Task A_file_that_does_not_launch_is_tried_again_and_shown()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.Refusal = "dub-rtmp.launch:3: no element";
        await service.ReadyAsync();
        var status = await service.UntilRetryAsync();
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

    private sealed class ClockThatIsSet : FakeTimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
