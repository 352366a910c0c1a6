using System.Buffers;
using System.Text.Json;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

public sealed class StsSessionTests
{
    [Fact]
    public async Task A_fragment_goes_out_as_the_contract_says_and_comes_back_dubbed()
    {
        await using var it = new SessionFixture();
        it.Session.Start();
        ScriptedTransport link = await it.Server.NextAsync();
        await it.Events.StateAsync(StsState.Connected);
        Fragment fragment = it.Submit();

        JsonElement init = await link.ExpectAsync("stream:init");
        Assert.Equal(
            """{"stream_id":"demo","worker_id":"worker-1","config":{"source_language":"en","target_language":"es","voice_profile":"default","chunk_duration_ms":6000,"sample_rate_hz":48000,"channels":2,"format":"m4a"},"max_inflight":3,"timeout_ms":8000}""",
            init.GetRawText());
        SessionFixture.Ready(link);

        JsonElement data = await link.ExpectAsync("fragment:data");
        Assert.Equal(
            """{"fragment_id":"00000000-0000-4000-8000-000000000000","stream_id":"demo","sequence_number":0,"timestamp":1767225600000,"audio":{"format":"m4a","sample_rate_hz":48000,"channels":2,"duration_ms":6000,"data_base64":"CQgH"},"metadata":{"pts_ns":0,"source_pts_ns":0}}""",
            data.GetRawText());
        FragmentSent sent = await it.Events.NextAsync<FragmentSent>();
        Assert.Equal((0, 1), (sent.Sequence, sent.Inflight));

        link.Push("fragment:ack", $$"""{"fragment_id":"{{fragment.Id}}","status":"queued","queue_position":0}""");
        Assert.Equal("queued", (await it.Events.NextAsync<FragmentAcked>()).Status);
        await it.AdvanceAsync(1500);
        SessionFixture.Succeed(link, fragment);
        await SessionFixture.ExpectAckAsync(link, fragment, "applied");
        FragmentProcessed processed = await it.Events.NextAsync<FragmentProcessed>();
        Assert.Equal(("success", false, 12L, 0), (processed.Status, processed.Late, processed.ProcessingMs, processed.Inflight));

        FragmentDecision decision = await it.DecidedAsync(fragment);
        Assert.Equal((Outcome.Dubbed, FallbackReason.None), (decision.Outcome, decision.Reason));
        Assert.Equal([1, 2, 3, 4], decision.Audio!.Data.ToArray());
        Assert.Equal(("m4a", 44100, 1), (decision.Audio.Format, decision.Audio.SampleRate, decision.Audio.Channels));
        Assert.Equal(("one", "uno"), (decision.Transcript, decision.TranslatedText));
        Assert.Equal(TimeSpan.FromMilliseconds(1500), decision.Rtt);
        Assert.Equal(TimeSpan.FromMilliseconds(7000), decision.Slack);
        Assert.False(decision.Fragment.Image.IsEmpty);
    }

    [Theory]
    [InlineData(8499, true)]
    [InlineData(8500, false)]
    [InlineData(8501, false)]
    public async Task A_result_counts_until_the_deadline_and_not_from_it_on(double atMs, bool inTime)
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        await it.AdvanceAsync(atMs);
        SessionFixture.Succeed(link, fragment);
        await SessionFixture.ExpectAckAsync(link, fragment, inTime ? "applied" : "received");
        await it.DrainAsync(link);

        FragmentDecision decision = it.DecisionOf(fragment)!;
        Assert.Equal(inTime ? Outcome.Dubbed : Outcome.Fallback, decision.Outcome);
        Assert.Equal(inTime ? FallbackReason.None : FallbackReason.Timeout, decision.Reason);
        Assert.Equal(!inTime, Assert.Single(it.Events.All<FragmentProcessed>()).Late);
        Assert.Equal(inTime ? 0 : 1, it.Session.Snapshot.Late);
    }

    [Fact]
    public async Task A_result_received_between_the_deadline_and_its_timer_is_late()
    {
        await using var it = new SessionFixture();
        // Timers count whole milliseconds: this one fires half a millisecond after the deadline.
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync(deadlineSeconds: 6.0005);
        await it.Session.SettleAsync();
        it.Time.Advance(TimeSpan.FromMilliseconds(6000.7));
        SessionFixture.Succeed(link, fragment);
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        FragmentDecision decision = await it.DecidedAsync(fragment);
        Assert.Equal((Outcome.Fallback, FallbackReason.Late), (decision.Outcome, decision.Reason));
        Assert.True(decision.Slack < TimeSpan.Zero);
        await it.Session.SettleAsync();
        Assert.Equal((1UL, 1L), (it.Session.Snapshot.BreakerFailures, it.Session.Snapshot.Late));
    }

    [Fact]
    public async Task Never_more_in_flight_than_confirmed_even_after_fragments_fell_back()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync(confirmed: 1, deadlineSeconds: 2);
        Fragment second = it.Submit(4);
        await it.AdvanceAsync(2000);
        Assert.Equal(FallbackReason.Timeout, (await it.DecidedAsync(first)).Reason);
        await it.AdvanceAsync(1000);
        Assert.Equal((1, 1), (it.Session.Snapshot.Inflight, it.Session.Snapshot.Waiting));

        SessionFixture.Succeed(link, first);
        await SessionFixture.ExpectAckAsync(link, first, "received");
        JsonElement data = await link.ExpectAsync("fragment:data");
        Assert.Equal((second.Id, 1), (data.GetProperty("fragment_id").GetString(), data.GetProperty("sequence_number").GetInt32()));
    }

    [Fact]
    public async Task A_place_that_is_never_freed_holds_later_fragments_only_for_a_bounded_time()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync(confirmed: 1);
        Fragment second = it.Submit();
        await it.AdvanceAsync(8500);
        Assert.Equal(FallbackReason.Timeout, (await it.DecidedAsync(first)).Reason);
        Assert.Equal(FallbackReason.Backpressure, (await it.DecidedAsync(second)).Reason);
        await it.AdvanceAsync(21_499);
        Fragment third = it.Submit();
        await it.AdvanceAsync(0);
        Assert.Equal(1, it.Session.Snapshot.Waiting);
        await it.AdvanceAsync(1);
        Assert.Equal(third.Id, (await link.ExpectAsync("fragment:data")).GetProperty("fragment_id").GetString());
    }

    [Fact]
    public async Task Results_may_overtake_each_other_but_decisions_keep_the_order()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync();
        Fragment second = it.Submit(14.5);
        await link.ExpectAsync("fragment:data");
        SessionFixture.Succeed(link, second);
        await SessionFixture.ExpectAckAsync(link, second, "applied");
        await it.DrainAsync(link);
        Assert.Null(it.DecisionOf(second));
        SessionFixture.Succeed(link, first);
        await SessionFixture.ExpectAckAsync(link, first, "applied");
        await it.DrainAsync(link);
        Assert.Equal(
            [first.Id, second.Id], it.Events.All<FragmentDecided>().Select(decided => decided.Decision.Fragment.Id));
        Assert.All(it.Events.All<FragmentDecided>(), decided => Assert.Equal(Outcome.Dubbed, decided.Decision.Outcome));
    }

    [Fact]
    public async Task A_deadline_decides_the_fragments_before_it_too_so_that_the_order_holds()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync(deadlineSeconds: 20);
        Fragment second = it.Submit(3);
        await link.ExpectAsync("fragment:data");
        SessionFixture.Succeed(link, second);
        await it.DrainAsync(link);
        Assert.Null(it.DecisionOf(second));
        await it.AdvanceAsync(3000);
        Assert.Equal(
            [(first.Id, Outcome.Fallback, FallbackReason.Timeout), (second.Id, Outcome.Dubbed, FallbackReason.None)],
            it.Events.All<FragmentDecided>().Select(decided => (decided.Decision.Fragment.Id, decided.Decision.Outcome, decided.Decision.Reason)));
    }

    [Fact]
    public async Task A_duplicate_is_acknowledged_reported_and_dropped()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        SessionFixture.Succeed(link, fragment);
        await SessionFixture.ExpectAckAsync(link, fragment, "applied");
        SessionFixture.Succeed(link, fragment);
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        await it.DrainAsync(link);
        Assert.Equal("is a duplicate", Assert.Single(it.Events.All<ProtocolFault>()).Detail);
        Assert.Single(it.Events.All<FragmentProcessed>());
        Assert.Single(it.Events.All<FragmentDecided>());
    }

    [Theory]
    [InlineData("""{"fragment_id":"ID","status":"success"}""", FallbackReason.InvalidAudio, 1)]
    [InlineData("""{"fragment_id":"ID","status":"success","dubbed_audio":{"data_base64":""}}""", FallbackReason.InvalidAudio, 1)]
    [InlineData("""{"fragment_id":"ID","status":"success","dubbed_audio":{"data_base64":"AQI"}}""", FallbackReason.InvalidAudio, 1)]
    [InlineData("""{"fragment_id":"ID","status":"success","dubbed_audio":{"data_base64":7}}""", FallbackReason.InvalidAudio, 1)]
    [InlineData("""{"fragment_id":"ID","status":"success","dubbed_audio":[]}""", FallbackReason.InvalidAudio, 1)]
    [InlineData("""{"fragment_id":"ID","status":"partial","dubbed_audio":null}""", FallbackReason.Failed, 0)]
    [InlineData("""{"fragment_id":"ID","status":"failed"}""", FallbackReason.Failed, 0)]
    [InlineData("""{"fragment_id":"ID"}""", FallbackReason.Failed, 1)]
    [InlineData("""{"fragment_id":"ID","status":["success"],"processing_time_ms":"soon","transcript":{},"error":5}""", FallbackReason.Failed, 4)]
    [InlineData("""{"fragment_id":"ID","status":"done"}""", FallbackReason.Failed, 1)]
    [InlineData("""{"fragment_id":"ID","status":"partial","dubbed_audio":{}}""", FallbackReason.InvalidAudio, 1)]
    [InlineData("""{"fragment_id":"ID","status":"failed","dubbed_audio":{}}""", FallbackReason.Failed, 0)]
    public async Task An_unusable_result_falls_back_at_once(string result, FallbackReason reason, int faults)
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        link.Push("fragment:processed", result.Replace("ID", fragment.Id, StringComparison.Ordinal));
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        Assert.Equal(reason, (await it.DecidedAsync(fragment)).Reason);
        Assert.Equal(faults, it.Events.All<ProtocolFault>().Count);
        Assert.Equal(BreakerState.Closed, it.Session.Snapshot.Breaker);
        Assert.Equal(0UL, it.Session.Snapshot.BreakerFailures);
    }

    [Fact]
    public async Task A_partial_result_with_audio_is_played()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        SessionFixture.Succeed(link, fragment, "partial");
        await SessionFixture.ExpectAckAsync(link, fragment, "applied");
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
    }

    [Fact]
    public async Task A_transient_failure_is_tried_once_more_under_the_same_id_and_the_next_number()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        await it.AdvanceAsync(1000);
        SessionFixture.Fail(link, fragment, "GPU_OOM", true);
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        await it.AdvanceAsync(249);
        Assert.Equal(0, it.Session.Snapshot.Inflight);
        await it.AdvanceAsync(1);
        JsonElement again = await link.ExpectAsync("fragment:data");
        Assert.Equal((fragment.Id, 1), (again.GetProperty("fragment_id").GetString(), again.GetProperty("sequence_number").GetInt32()));
        SessionFixture.Fail(link, fragment, "GPU_OOM", true);
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        Assert.Equal(FallbackReason.Failed, (await it.DecidedAsync(fragment)).Reason);
        Assert.Equal(2UL, it.Session.Snapshot.BreakerFailures);
        Assert.Equal((2L, 1L), (it.Session.Snapshot.Sent, it.Session.Snapshot.Retried));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_that_is_reported_as_a_result_and_as_an_error_is_one(bool resultFirst)
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync(confirmed: 1);
        Action[] reports =
        [
            () => SessionFixture.Fail(link, fragment, "QUEUE_FULL", true),
            () => link.Push("error", $$"""{"code":"QUEUE_FULL","severity":"error","retryable":true,"fragment_id":"{{fragment.Id}}"}"""),
        ];
        reports = resultFirst ? reports : [.. reports.Reverse()];
        reports[0]();
        link.Push("backpressure", """{"action":"none","severity":"low"}""");
        reports[1]();
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        await it.DrainAsync(link);
        Assert.Equal(1UL, it.Session.Snapshot.BreakerFailures);
        await it.AdvanceAsync(250);
        await link.ExpectAsync("fragment:data");
        SessionFixture.Succeed(link, fragment);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
    }

    [Theory]
    [InlineData("GPU_OOM", true, 5000)]
    [InlineData("MALFORMED_DATA", true, 0)]
    [InlineData("GPU_OOM", false, 0)]
    [InlineData("NEW_CODE", null, 0)]
    public async Task A_failure_that_will_not_pass_or_left_no_time_falls_back_at_once(string code, bool? retryable, double afterMs)
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        await it.AdvanceAsync(afterMs);
        SessionFixture.Fail(link, fragment, code, retryable);
        await SessionFixture.ExpectAckAsync(link, fragment, "received");
        Assert.Equal(FallbackReason.Failed, (await it.DecidedAsync(fragment)).Reason);
        Assert.Equal(code, Assert.Single(it.Events.All<ServerError>()).Code);
        Assert.Equal(code == "GPU_OOM" ? 1UL : 0UL, it.Session.Snapshot.BreakerFailures);
    }

    [Fact]
    public async Task What_cannot_be_sent_falls_back_at_once()
    {
        await using var it = new SessionFixture();
        it.Server.MaxPayload = 2000;
        (ScriptedTransport link, _) = await it.ReadyAsync();
        Fragment[] wrong =
        [
            it.Fragment() with { Channels = 6 }, it.Fragment() with { SampleRate = 7999 }, it.Fragment(image: []),
            it.Fragment(durationMs: 60_001), it.Fragment(image: new byte[1000]),
        ];
        Fragment rest = it.Fragment(durationMs: 999);
        foreach (Fragment fragment in wrong)
            it.Session.Submit(fragment);
        it.Session.Submit(rest);
        await it.AdvanceAsync(0);
        Assert.Equal(wrong.Length, it.Events.All<ProtocolFault>().Count);
        Assert.Equal(wrong.Length, it.Session.Snapshot.Faults);
        Assert.Equal(1, it.Session.Snapshot.Inflight);
        await it.AdvanceAsync(8500);
        Assert.All(wrong, fragment => Assert.Equal(FallbackReason.Failed, it.DecisionOf(fragment)!.Reason));
        Assert.Equal(FallbackReason.Short, it.DecisionOf(rest)!.Reason);
    }

    [Fact]
    public async Task Another_format_is_another_session_after_the_old_ones_work_is_done()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment first) = await it.ReadyAsync();
        it.Session.Submit(it.Fragment() with { SampleRate = 44100, Channels = 1 });
        await it.AdvanceAsync(0);
        Assert.Equal(1, it.Session.Snapshot.Waiting);
        SessionFixture.Succeed(link, first);
        await SessionFixture.ExpectAckAsync(link, first, "applied");
        JsonElement config = (await link.ExpectAsync("stream:init")).GetProperty("config");
        Assert.Equal((44100, 1), (config.GetProperty("sample_rate_hz").GetInt32(), config.GetProperty("channels").GetInt32()));
        SessionFixture.Ready(link);
        Assert.Equal(0, (await link.ExpectAsync("fragment:data")).GetProperty("sequence_number").GetInt32());
    }

    [Fact]
    public async Task A_fault_of_the_handler_does_not_stop_the_decisions_and_comes_out_at_the_end()
    {
        var server = new ScriptedServer();
        int decided = 0;
        var fixture = new SessionFixture();
        var session = new StsSession(
            new StsOptions { Url = new Uri("http://127.0.0.1:1"), StreamId = "demo", WorkerId = "w" }, server, fixture.Time,
            happened =>
            {
                if (happened is FragmentDecided)
                    decided++;
                throw new InvalidOperationException("handler");
            });
        session.Submit(fixture.Fragment());
        AggregateException fault = await Assert.ThrowsAsync<AggregateException>(async () => await session.DisposeAsync());
        Assert.Equal("handler", fault.InnerException!.Message);
        Assert.Equal(1, decided);
        await fixture.DisposeAsync();
    }
}
