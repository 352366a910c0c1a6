using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

public sealed class StsSessionBackpressureTests
{
    [Fact]
    public async Task Slow_down_waits_before_each_fragment_until_none()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        await SayAsync(it, link, "slow_down", 500);
        Assert.Equal(TimeSpan.FromMilliseconds(500), it.Events.All<BackpressureReceived>()[0].Delay);
        it.Submit();
        it.Submit();
        await OneGoesAsync(it, afterMs: 500, left: 1);
        await SayAsync(it, link, "none", null);
        Assert.Equal(0, it.Session.Snapshot.Waiting);
    }

    [Fact]
    public async Task A_pause_ends_after_its_delay_with_one_probe_and_its_answer_opens_the_way()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        await SayAsync(it, link, "pause", null);
        Fragment probe = it.Submit();
        it.Submit();
        await OneGoesAsync(it, afterMs: 1000, left: 1);
        link.Push("fragment:ack", $$"""{"fragment_id":"{{probe.Id}}","status":"queued"}""");
        await it.DrainAsync(link);
        Assert.Equal(1, it.Session.Snapshot.Waiting);
        await it.AdvanceAsync(250);
        Assert.Equal(0, it.Session.Snapshot.Waiting);
    }

    [Fact]
    public async Task A_pause_that_follows_the_probes_acknowledgement_holds_the_next_fragment()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        await SayAsync(it, link, "pause", 1000);
        Fragment probe = it.Submit();
        it.Submit();
        await it.AdvanceAsync(1000);
        // The echo server's order: first the acknowledgement, then what it finds about its load.
        link.Push("fragment:ack", $$"""{"fragment_id":"{{probe.Id}}","status":"queued"}""");
        await SayAsync(it, link, "pause", 1000);
        await OneGoesAsync(it, afterMs: 1000, left: 0);
    }

    [Fact]
    public async Task Slow_down_that_is_repeated_all_the_time_still_lets_fragments_go_at_its_pace()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        it.Submit();
        it.Submit();
        await link.ExpectAsync("fragment:data");
        await link.ExpectAsync("fragment:data");
        it.Submit();
        await SayAsync(it, link, "slow_down", 500);
        for (int i = 0; i < 4; i++)
        {
            await it.AdvanceAsync(100);
            await SayAsync(it, link, "slow_down", 500);
        }

        SessionFixture.Succeed(link, it.Events.All<FragmentSent>()[0].Fragment);
        await it.DrainAsync(link);
        Assert.Equal(1, it.Session.Snapshot.Waiting);
        await it.AdvanceAsync(100);
        Assert.Equal(0, it.Session.Snapshot.Waiting);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"faster\"")]
    [InlineData("7")]
    public async Task Backpressure_without_a_known_action_is_one_fault_and_changes_nothing(string action)
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        link.Push("backpressure", $$"""{"action":{{action}},"severity":"extreme"}""");
        await it.DrainAsync(link);
        it.Submit();
        await link.ExpectAsync("fragment:data");
        Assert.Single(it.Events.All<ProtocolFault>());
        Assert.Empty(it.Events.All<BackpressureReceived>());
    }

    [Fact]
    public async Task Pauses_in_a_row_never_outlive_10_seconds()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        Fragment? waiting = null;
        for (int second = 0; second < 10; second++)
        {
            await SayAsync(it, link, "pause", 60_000);
            waiting ??= it.Submit(30);
            await it.AdvanceAsync(second < 9 ? 1000 : 999);
            Assert.Equal(1, it.Session.Snapshot.Waiting);
        }

        await it.AdvanceAsync(1);
        Assert.Equal(0, it.Session.Snapshot.Waiting);
    }

    [Fact]
    public async Task A_server_that_says_pause_to_every_fragment_still_gets_them_all_one_by_one()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync(confirmed: 1);
        for (int i = 0; i < 5; i++)
        {
            Say(link, "pause", 1000);
            SessionFixture.Succeed(link, fragment);
            await SessionFixture.ExpectAckAsync(link, fragment, "applied");
            Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
            fragment = it.Submit();
            await it.AdvanceAsync(6000);
            await link.ExpectAsync("fragment:data");
        }
    }

    [Fact]
    public async Task A_paused_fragment_falls_back_at_its_deadline()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync(deadlineSeconds: 1);
        await SayAsync(it, link, "pause", 10_000);
        Fragment waiting = it.Submit(3);
        await it.AdvanceAsync(3000);
        Assert.Equal(FallbackReason.Backpressure, it.DecisionOf(waiting)!.Reason);
    }

    [Fact]
    public async Task Waiting_fragments_are_bounded_and_the_oldest_makes_way()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync(confirmed: 1, deadlineSeconds: 0.5);
        await it.AdvanceAsync(500);
        Fragment oldest = it.Submit(100);
        for (int i = 0; i < 64; i++)
            it.Submit(100);
        await it.AdvanceAsync(0);
        Assert.Equal((64, 64), (it.Session.Snapshot.Waiting, it.Session.Snapshot.Undecided));
        Assert.Equal(FallbackReason.Backpressure, it.DecisionOf(oldest)!.Reason);
    }

    [Fact]
    public async Task Our_own_pause_holds_fragments_and_is_repeated_after_a_reconnect()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        it.Session.Pause("publisher away");
        Assert.Equal("""{"stream_id":"demo","reason":"publisher away"}""", (await link.ExpectAsync("stream:pause")).GetRawText());
        link.Drop("gone");
        await it.Events.StateAsync(StsState.Disconnected);
        await it.AdvanceAsync(2000);
        link = await it.Server.NextAsync();
        await link.ExpectAsync("stream:init");
        SessionFixture.Ready(link);
        await link.ExpectAsync("stream:pause");
        it.Submit();
        await it.AdvanceAsync(0);
        Assert.Equal(1, it.Session.Snapshot.Waiting);
        it.Session.Resume("publisher back");
        await link.ExpectAsync("stream:resume");
        await link.ExpectAsync("fragment:data");
    }

    // Exactly then, not before.
    private static async Task OneGoesAsync(SessionFixture it, int afterMs, int left)
    {
        await it.AdvanceAsync(afterMs - 1);
        Assert.Equal(left + 1, it.Session.Snapshot.Waiting);
        await it.AdvanceAsync(1);
        Assert.Equal(left, it.Session.Snapshot.Waiting);
    }

    private static async Task SayAsync(SessionFixture it, ScriptedTransport link, string action, int? delayMs)
    {
        Say(link, action, delayMs);
        await it.DrainAsync(link);
    }

    private static void Say(ScriptedTransport link, string action, int? delayMs) => link.Push(
        "backpressure",
        $$"""{"stream_id":"demo","severity":"high","action":"{{action}}","recommended_delay_ms":{{delayMs?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}}}""");
}
