using System.Text.Json;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

public sealed class StsSessionLinkTests
{
    [Fact]
    public async Task A_lost_connection_costs_what_was_in_flight_and_the_next_one_begins_at_0()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync();
        Fragment second = it.Submit();
        await link.ExpectAsync("fragment:data");
        link.Drop("connection lost");
        Assert.Equal("connection lost", (await it.Events.StateAsync(StsState.Disconnected)).Reason);
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(first)).Reason);
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(second)).Reason);
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(it.Submit())).Reason);

        await it.AdvanceAsync(1999);
        Assert.False(it.Server.HasNext);
        await it.AdvanceAsync(1);
        ScriptedTransport next = await it.Server.NextAsync();
        // What is known goes at once, without waiting for a fragment.
        await next.ExpectAsync("stream:init");
        Fragment waiting = it.Submit();
        SessionFixture.Ready(next);
        Assert.Equal(1UL, (await it.Events.StateAsync(StsState.Ready)).Reconnects);
        JsonElement data = await next.ExpectAsync("fragment:data");
        Assert.Equal((waiting.Id, 0), (data.GetProperty("fragment_id").GetString(), data.GetProperty("sequence_number").GetInt32()));

        SessionFixture.Succeed(next, first);
        await SessionFixture.ExpectAckAsync(next, first, "received");
        Assert.True((await it.Events.NextAsync<FragmentProcessed>()).Late);
    }

    [Fact]
    public async Task Attempts_come_after_2_4_8_16_32_and_then_every_32_seconds()
    {
        await using var it = new SessionFixture();
        it.Server.Accept = _ => throw new StsTransportException("refused");
        Fragment early = it.Submit();
        it.Session.Start();
        foreach (int seconds in (int[])[2, 4, 8, 16, 32, 32, 32])
        {
            await it.Server.NextAsync();
            Assert.Equal("refused", (await it.Events.StateAsync(StsState.Disconnected)).Reason);
            await it.AdvanceAsync(seconds * 1000 - 1);
            Assert.False(it.Server.HasNext);
            await it.AdvanceAsync(1);
        }

        await it.Server.NextAsync();
        Assert.Equal(FallbackReason.Disconnected, it.DecisionOf(early)!.Reason);
    }

    [Fact]
    public async Task Fragments_wait_for_the_first_connection_up_to_their_deadline()
    {
        await using var it = new SessionFixture();
        var accepted = new TaskCompletionSource();
        it.Server.Accept = cancel => accepted.Task.WaitAsync(cancel);
        it.Session.Start();
        Fragment hopeless = it.Submit(3);
        Fragment waiting = it.Submit();
        ScriptedTransport link = await it.Server.NextAsync();
        await it.AdvanceAsync(3000);
        Assert.Equal(FallbackReason.Disconnected, it.DecisionOf(hopeless)!.Reason);
        accepted.SetResult();
        await link.ExpectAsync("stream:init");
        SessionFixture.Ready(link);
        Assert.Equal(waiting.Id, (await link.ExpectAsync("fragment:data")).GetProperty("fragment_id").GetString());
    }

    [Fact]
    public async Task A_connect_that_hangs_ends_after_10_seconds()
    {
        await using var it = new SessionFixture();
        var connecting = new TaskCompletionSource();
        it.Server.Accept = cancel =>
        {
            connecting.SetResult();
            return Task.Delay(Timeout.Infinite, cancel);
        };
        it.Session.Start();
        await connecting.Task.Bounded();
        await it.AdvanceAsync(9_999);
        Assert.Equal(StsState.Connecting, it.Session.Snapshot.State);
        await it.AdvanceAsync(1);
        Assert.Contains("within 10 s", (await it.Events.StateAsync(StsState.Disconnected)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_ready_within_10_seconds_is_a_failed_connection()
    {
        await using var it = new SessionFixture();
        it.Session.Start();
        ScriptedTransport link = await it.Server.NextAsync();
        Fragment fragment = it.Submit(15);
        await link.ExpectAsync("stream:init");
        link.Push("error", """{"code":"TIMEOUT","message":"warming up","severity":"error","retryable":true}""");
        await it.DrainAsync(link);
        await it.AdvanceAsync(9_999);
        Assert.Equal(StsState.Connected, it.Session.Snapshot.State);
        await it.AdvanceAsync(1);
        Assert.Equal("no stream:ready within 10 s (TIMEOUT: warming up)", (await it.Events.StateAsync(StsState.Disconnected)).Reason);
        Assert.Equal(FallbackReason.Disconnected, it.DecisionOf(fragment)!.Reason);
    }

    [Theory]
    [InlineData("""{"code":"AUTH_FAILED","message":"no","severity":"error"}""")]
    [InlineData("""{"code":"INVALID_CONFIG","message":"chunk_duration_ms","severity":"fatal","retryable":false}""")]
    public async Task Refused_for_good_there_is_no_other_attempt_and_everything_falls_back(string error)
    {
        await using var it = new SessionFixture();
        it.Session.Start();
        ScriptedTransport link = await it.Server.NextAsync();
        Fragment first = it.Submit();
        await link.ExpectAsync("stream:init");
        link.Push("error", error);
        StateChanged failed = await it.Events.StateAsync(StsState.Failed);
        Assert.Matches("^(AUTH_FAILED: no|INVALID_CONFIG: chunk_duration_ms)$", failed.Reason);
        Assert.Equal(FallbackReason.Failed, it.DecisionOf(first)!.Reason);
        Fragment later = it.Submit();
        await it.AdvanceAsync(3_600_000);
        Assert.Equal(FallbackReason.Failed, it.DecisionOf(later)!.Reason);
        Assert.False(it.Server.HasNext);
        await it.Session.EndAsync("over", TimeSpan.Zero).Bounded();
        Assert.Equal(StsState.Failed, it.Session.Snapshot.State);
    }

    [Fact]
    public async Task A_refused_key_at_connect_fails_the_session()
    {
        await using var it = new SessionFixture();
        it.Server.Accept = _ => throw new StsTransportException("AUTH_FAILED", authenticationRefused: true);
        it.Session.Start();
        Assert.Equal("AUTH_FAILED", (await it.Events.StateAsync(StsState.Failed)).Reason);
    }

    [Fact]
    public async Task A_server_that_lost_the_session_gets_stream_init_again_on_the_same_connection()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync(confirmed: 1);
        Fragment waiting = it.Submit();
        link.Push("error", $$"""{"code":"STREAM_NOT_FOUND","message":"who?","severity":"error","fragment_id":"{{first.Id}}"}""");
        await link.ExpectAsync("stream:init");
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(first)).Reason);
        SessionFixture.Ready(link, 1);
        JsonElement data = await link.ExpectAsync("fragment:data");
        Assert.Equal((waiting.Id, 0), (data.GetProperty("fragment_id").GetString(), data.GetProperty("sequence_number").GetInt32()));
        Assert.False(it.Server.HasNext);
    }

    [Fact]
    public async Task A_result_can_say_that_the_session_is_lost()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync();
        Fragment second = it.Submit();
        await link.ExpectAsync("fragment:data");
        SessionFixture.Fail(link, first, "STREAM_NOT_FOUND", false);
        await SessionFixture.ExpectAckAsync(link, first, "received");
        await link.ExpectAsync("stream:init");
        SessionFixture.Ready(link);
        // Of the session that was given up.
        SessionFixture.Fail(link, second, "STREAM_NOT_FOUND", false);
        await SessionFixture.ExpectAckAsync(link, second, "received");
        Fragment next = it.Submit();
        Assert.Equal(next.Id, (await link.ExpectAsync("fragment:data")).GetProperty("fragment_id").GetString());
        Assert.Equal(FallbackReason.Failed, it.DecisionOf(first)!.Reason);
        Assert.Equal(FallbackReason.Disconnected, it.DecisionOf(second)!.Reason);
    }

    [Fact]
    public async Task A_result_can_say_that_the_key_is_not_valid_any_more()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        SessionFixture.Fail(link, fragment, "AUTH_FAILED", false);
        Assert.StartsWith("AUTH_FAILED", (await it.Events.StateAsync(StsState.Failed)).Reason, StringComparison.Ordinal);
        Assert.Equal(FallbackReason.Failed, it.DecisionOf(fragment)!.Reason);
    }

    [Fact]
    public async Task A_server_that_lost_the_session_that_is_to_be_ended_has_ended_it()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        SessionFixture.Succeed(link, fragment);
        await SessionFixture.ExpectAckAsync(link, fragment, "applied");
        Task ended = it.Session.EndAsync("over", TimeSpan.Zero);
        await link.ExpectAsync("stream:end");
        link.Push("error", """{"code":"STREAM_NOT_FOUND","severity":"error","fragment_id":""}""");
        await ended.Bounded();
        Assert.Equal(StsState.Ended, it.Session.Snapshot.State);
    }

    [Fact]
    public async Task What_the_stream_carries_is_learnt_while_there_is_no_server()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync();
        link.Drop("gone");
        await it.Events.StateAsync(StsState.Disconnected);
        Fragment mono = it.Fragment() with { Channels = 1 };
        it.Session.Submit(mono);
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(first)).Reason);
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(mono)).Reason);
        await it.AdvanceAsync(2500);
        JsonElement init = await (await it.Server.NextAsync()).ExpectAsync("stream:init");
        Assert.Equal(1, init.GetProperty("config").GetProperty("channels").GetInt32());
    }

    [Fact]
    public async Task A_server_that_says_for_each_fragment_that_it_lost_the_session_gets_one_stream_init()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync();
        Fragment second = it.Submit();
        await link.ExpectAsync("fragment:data");
        string Lost(Fragment fragment) => $$"""{"code":"STREAM_NOT_FOUND","severity":"error","fragment_id":"{{fragment.Id}}"}""";
        link.Push("error", Lost(first));
        link.Push("error", Lost(second));
        link.Push("error", """{"code":"STREAM_NOT_FOUND","severity":"error"}""");
        await link.ExpectAsync("stream:init");
        await it.DrainAsync(link);
        SessionFixture.Ready(link);
        await it.Events.StateAsync(StsState.Ready);
        link.Push("error", Lost(first));
        Fragment next = it.Submit();
        Assert.Equal(next.Id, (await link.ExpectAsync("fragment:data")).GetProperty("fragment_id").GetString());
        Assert.Equal(StsState.Ready, it.Session.Snapshot.State);
    }

    [Fact]
    public async Task Ending_waits_for_what_is_outstanding_then_says_goodbye()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        Task end = it.Session.EndAsync("end of stream", TimeSpan.FromSeconds(20));
        Fragment late = it.Submit();
        await it.DrainAsync(link);
        SessionFixture.Succeed(link, fragment);
        await SessionFixture.ExpectAckAsync(link, fragment, "applied");
        JsonElement goodbye = await link.ExpectAsync("stream:end");
        Assert.Equal("""{"stream_id":"demo","reason":"end of stream"}""", goodbye.GetRawText());
        Assert.Equal(FallbackReason.Disconnected, it.DecisionOf(late)!.Reason);
        Assert.False(end.IsCompleted);
        link.Push("stream:complete", """{"stream_id":"demo","total_fragments":1,"total_duration_ms":6000,"statistics":{"success_count":1}}""");
        Assert.Equal(new StreamCompleted(1, 6000, 1, 0, 0), await it.Events.NextAsync<StreamCompleted>());
        await end.Bounded();
        await it.Session.EndAsync("again", TimeSpan.Zero).Bounded();
        Assert.Equal(StsState.Ended, it.Session.Snapshot.State);
        Assert.Single(it.Events.All<StateChanged>(), changed => changed.State == StsState.Ended);
    }

    [Fact]
    public async Task Ending_is_bounded_when_neither_result_nor_goodbye_comes()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        Task end = it.Session.EndAsync("over", TimeSpan.FromSeconds(3));
        await it.AdvanceAsync(2999);
        Assert.Null(it.DecisionOf(fragment));
        await it.AdvanceAsync(1);
        Assert.Equal(FallbackReason.Timeout, it.DecisionOf(fragment)!.Reason);
        await link.ExpectAsync("stream:end");
        await it.AdvanceAsync(5000);
        await end.Bounded();
    }

    [Fact]
    public async Task Ending_before_the_start_or_without_a_connection_ends_at_once()
    {
        await using var idle = new SessionFixture();
        await idle.Session.EndAsync("over", TimeSpan.FromSeconds(10)).Bounded();
        await using var lost = new SessionFixture();
        (ScriptedTransport link, _) = await lost.ReadyAsync();
        link.Drop("gone");
        await lost.Events.StateAsync(StsState.Disconnected);
        await lost.Session.EndAsync("over", TimeSpan.FromSeconds(10)).Bounded();
        Assert.Equal(StsState.Ended, lost.Session.Snapshot.State);
    }

    [Fact]
    public async Task A_stalled_connection_delays_no_decision()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, _) = await it.ReadyAsync();
        link.Stalled = new TaskCompletionSource().Task;
        Fragment stuck = it.Submit();
        await link.ExpectAsync("fragment:data");
        Fragment behind = it.Submit();
        await it.AdvanceAsync(8500);
        Assert.Equal(FallbackReason.Timeout, it.DecisionOf(stuck)!.Reason);
        Assert.Equal(FallbackReason.Timeout, it.DecisionOf(behind)!.Reason);
    }
}
