using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

public sealed class StsSessionBreakerTests
{
    private static async Task FailAsync(SessionFixture it, ScriptedTransport link, Fragment fragment)
    {
        SessionFixture.Fail(link, fragment, "MODEL_ERROR", false);
        // A failure that must not be retried: the code counts, the flag forbids.
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        await it.DecidedAsync(fragment);
    }

    /// <summary>Five failures in a row.</summary>
    private static async Task<ScriptedTransport> OpenAsync(SessionFixture it)
    {
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        await FailAsync(it, link, fragment);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(BreakerState.Closed, it.Session.Snapshot.Breaker);
            fragment = it.Submit();
            await link.ExpectAsync("fragment:data");
            await FailAsync(it, link, fragment);
        }

        await it.Session.SettleAsync();
        Assert.Equal(BreakerState.Open, it.Session.Snapshot.Breaker);
        return link;
    }

    [Fact]
    public async Task Five_failures_open_the_breaker_and_a_good_probe_closes_it()
    {
        await using var it = new SessionFixture();
        ScriptedTransport link = await OpenAsync(it);
        Assert.Equal(FallbackReason.BreakerOpen, (await it.DecidedAsync(it.Submit())).Reason);
        await it.AdvanceAsync(29_999);
        Assert.Equal(FallbackReason.BreakerOpen, (await it.DecidedAsync(it.Submit())).Reason);
        await it.AdvanceAsync(1);
        Assert.Equal(BreakerState.HalfOpen, it.Session.Snapshot.Breaker);
        Fragment probe = it.Submit();
        Assert.Equal(probe.Id, (await link.ExpectAsync("fragment:data")).GetProperty("fragment_id").GetString());
        Fragment beside = it.Submit(8);
        await it.AdvanceAsync(0);
        Assert.Equal(0, it.Session.Snapshot.Waiting);
        SessionFixture.Succeed(link, probe);
        await it.DecidedAsync(probe);
        Assert.Equal(FallbackReason.BreakerOpen, (await it.DecidedAsync(beside)).Reason);
        Assert.Equal(BreakerState.Closed, it.Session.Snapshot.Breaker);
        Assert.Equal(
            [BreakerState.Closed, BreakerState.Closed, BreakerState.Closed, BreakerState.Closed, BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed],
            it.Events.All<BreakerChanged>().Select(changed => changed.State));
    }

    [Fact]
    public async Task A_failed_probe_opens_the_breaker_for_another_30_seconds()
    {
        await using var it = new SessionFixture();
        ScriptedTransport link = await OpenAsync(it);
        await it.AdvanceAsync(30_000);
        Fragment probe = it.Submit(60);
        await link.ExpectAsync("fragment:data");
        // No answer within the timeout is a failure too, though the deadline is far.
        await it.AdvanceAsync(8_000);
        Assert.Equal(BreakerState.Open, it.Session.Snapshot.Breaker);
        await it.AdvanceAsync(29_999);
        Assert.Equal(BreakerState.Open, it.Session.Snapshot.Breaker);
        await it.AdvanceAsync(1);
        Assert.Equal(BreakerState.HalfOpen, it.Session.Snapshot.Breaker);
        SessionFixture.Succeed(link, probe);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(probe)).Outcome);
        Assert.Equal(BreakerState.HalfOpen, it.Session.Snapshot.Breaker);
    }

    [Theory]
    [InlineData("disconnect")]
    [InlineData("permanent")]
    public async Task A_probe_without_a_verdict_makes_way_for_the_next(string end)
    {
        await using var it = new SessionFixture();
        ScriptedTransport link = await OpenAsync(it);
        await it.AdvanceAsync(30_000);
        Fragment probe = it.Submit();
        await link.ExpectAsync("fragment:data");
        if (end == "disconnect")
        {
            link.Drop("gone");
            await it.Events.StateAsync(StsState.Disconnected);
            await it.AdvanceAsync(2_000);
            link = await it.Server.NextAsync();
            await link.ExpectAsync("stream:init");
            SessionFixture.Ready(link);
            await it.Events.StateAsync(StsState.Ready);
        }
        else
        {
            SessionFixture.Fail(link, probe, "MALFORMED_DATA");
            await SessionFixture.ExpectAckAsync(link, probe, "received");
        }

        Fragment next = it.Submit();
        Assert.Equal(next.Id, (await link.ExpectAsync("fragment:data")).GetProperty("fragment_id").GetString());
    }

    [Fact]
    public async Task Timeouts_count_once_each_and_a_success_begins_the_count_anew()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync(deadlineSeconds: 20);
        await it.AdvanceAsync(8_000);
        Assert.Equal(1UL, it.Session.Snapshot.BreakerFailures);
        SessionFixture.Succeed(link, first);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(first)).Outcome);
        await SessionFixture.ExpectAckAsync(link, first, "applied");
        for (int i = 0; i < 4; i++)
        {
            Fragment fragment = it.Submit();
            await link.ExpectAsync("fragment:data");
            await FailAsync(it, link, fragment);
        }

        await it.Session.SettleAsync();
        Assert.Equal((5UL, BreakerState.Closed), (it.Session.Snapshot.BreakerFailures, it.Session.Snapshot.Breaker));
    }
}
