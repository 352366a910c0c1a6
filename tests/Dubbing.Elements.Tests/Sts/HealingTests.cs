using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Sessions that would stay useless for ever, and errors that say less than they could.</summary>
public sealed class HealingTests
{
    [Fact]
    public void A_session_whose_results_stay_away_is_given_up_for_another()
    {
        ExchangeHarness it = Begin();
        // The first is answered: the server works, and then it does not.
        it.Receive("fragment:processed", $$"""{"fragment_id":"{{it.Submit().Id}}","status":"failed"}""");
        for (int i = 0; i < 5; i++)
        {
            it.Submit();
            it.Run(TimeSpan.FromSeconds(31));
        }

        it.Run(TimeSpan.FromSeconds(8));
        Assert.Equal((BreakerState.HalfOpen, StsState.Ready), (it.Exchange.Snapshot.Breaker, it.Exchange.Snapshot.State));
        Fragment probe = it.Submit();
        it.Run(TimeSpan.FromSeconds(8));
        Assert.Equal((BreakerState.Open, StsState.Disconnected), (it.Exchange.Snapshot.Breaker, it.Exchange.Snapshot.State));
        Assert.Equal(FallbackReason.Timeout, it.Decisions.Single(decision => decision.Fragment.Id == probe.Id).Reason);
        it.Run(TimeSpan.FromSeconds(3));
        it.Open();
        it.Ready(3);
        Assert.Equal((StsState.Ready, 1UL), (it.Exchange.Snapshot.State, it.Exchange.Snapshot.Reconnects));
    }

    [Fact]
    public void A_server_that_fails_all_but_answers_keeps_its_session()
    {
        ExchangeHarness it = Begin();
        for (int i = 0; i < 12; i++)
        {
            Fragment fragment = it.Submit();
            it.Run(TimeSpan.FromSeconds(20));
            it.Receive("fragment:processed", $$"""{"fragment_id":"{{fragment.Id}}","status":"failed"}""");
            it.Run(TimeSpan.FromSeconds(11));
        }

        Assert.Equal(StsState.Ready, it.Exchange.Snapshot.State);
        Assert.NotEqual(BreakerState.Closed, it.Exchange.Snapshot.Breaker);
    }

    [Theory]
    [InlineData(false, "Disconnected")]
    [InlineData(true, "Ready")]
    public void Two_numbers_in_a_row_that_the_server_does_not_expect_begin_another_session(bool successBetween, string state)
    {
        ExchangeHarness it = Begin();
        it.Receive("error", $$"""{"code":"INVALID_SEQUENCE","fragment_id":"{{it.Submit().Id}}"}""");
        Assert.Equal(StsState.Ready, it.Exchange.Snapshot.State);
        if (successBetween)
            Succeed(it, it.Submit());
        it.Receive("error", $$"""{"code":"INVALID_SEQUENCE","fragment_id":"{{it.Submit().Id}}"}""");
        Assert.Equal(state, $"{it.Exchange.Snapshot.State}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_number_that_the_server_does_not_expect_counts_once_however_often_it_is_told(bool resultFirst)
    {
        ExchangeHarness it = Begin();
        Fragment fragment = it.Submit();
        string result = $$$"""{"fragment_id":"{{{fragment.Id}}}","status":"failed","error":{"code":"INVALID_SEQUENCE","message":"no","retryable":false}}""";
        string error = $$"""{"code":"INVALID_SEQUENCE","fragment_id":"{{fragment.Id}}"}""";
        it.Receive(resultFirst ? "fragment:processed" : "error", resultFirst ? result : error);
        it.Receive("error", error);
        it.Receive("error", error);
        Assert.Equal(StsState.Ready, it.Exchange.Snapshot.State);
        it.Receive("error", $$"""{"code":"INVALID_SEQUENCE","fragment_id":"{{it.Submit().Id}}"}""");
        Assert.Equal(StsState.Disconnected, it.Exchange.Snapshot.State);
    }

    [Fact]
    public void What_failed_together_is_sent_again_in_its_order()
    {
        ExchangeHarness it = Begin();
        Fragment[] fragments = [it.Submit(), it.Submit(), it.Submit()];
        foreach (Fragment fragment in (Fragment[])[fragments[1], fragments[0], fragments[2]])
            it.Receive("error", $$"""{"code":"QUEUE_FULL","retryable":true,"fragment_id":"{{fragment.Id}}"}""");
        int before = it.Link.Sent.Count;
        it.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(
            fragments.Select(fragment => fragment.Id),
            it.Link.Sent.Skip(before).Where(sent => sent.Name == "fragment:data").Select(sent => sent.Payload.GetProperty("fragment_id").GetString()!));
    }

    [Fact]
    public void What_was_received_in_time_counts_however_long_it_takes_to_be_read()
    {
        ExchangeHarness it = Begin();
        Fragment fragment = it.Submit(deadlineSeconds: 7);
        it.Run(TimeSpan.FromSeconds(6.999));
        long receivedAt = it.Time.GetTimestamp();
        it.Link.UnreadSince = receivedAt;
        it.Run(TimeSpan.FromMilliseconds(60));
        Assert.DoesNotContain(it.Decisions, decision => decision.Fragment.Id == fragment.Id);
        it.Link.UnreadSince = null;
        it.Receive("fragment:processed", Result(fragment), receivedAt);
        Assert.Equal(Outcome.Dubbed, it.Decisions.Single(decision => decision.Fragment.Id == fragment.Id).Outcome);
        Assert.Equal(0UL, it.Exchange.Snapshot.BreakerFailures);
    }

    [Fact]
    public void What_takes_too_long_to_be_read_is_not_waited_for()
    {
        ExchangeHarness it = Begin();
        Fragment fragment = it.Submit();
        it.Run(TimeSpan.FromSeconds(8.499));
        it.Link.UnreadSince = it.Time.GetTimestamp();
        it.Run(TimeSpan.FromMilliseconds(102));
        Assert.Equal(FallbackReason.Timeout, it.Decisions.Single(decision => decision.Fragment.Id == fragment.Id).Reason);
    }

    [Fact]
    public void A_flood_is_counted_whole_and_told_in_part()
    {
        ExchangeHarness it = Begin();
        for (int i = 0; i < 1000; i++)
            it.Receive("error", $$"""{"code":"LOW_VOLUME","severity":"warning","message":"{{new string('x', 5000)}}"}""");
        for (int i = 0; i < 1000; i++)
            it.Receive("fragment:ack", """{"fragment_id":"nobody","status":"queued"}""");
        it.Run(TimeSpan.FromSeconds(1));
        it.Receive("error", """{"code":"LOW_VOLUME","severity":"warning","message":"short"}""");
        it.Receive("fragment:ack", """{"fragment_id":"nobody","status":"queued"}""");
        var errors = it.Events.OfType<ServerError>().ToList();
        var faults = it.Events.OfType<ProtocolFault>().ToList();
        Assert.Equal((51, 51), (errors.Count, faults.Count));
        Assert.Equal((1001, 1001), (errors.Sum(error => 1 + error.More), faults.Sum(fault => 1 + fault.More)));
        Assert.Equal(1001, it.Exchange.Snapshot.Faults);
        Assert.All(errors, error => Assert.InRange(error.Message.Length, 1, 1001));
    }

    [Fact]
    public void A_pause_that_outlived_ours_is_ended()
    {
        ExchangeHarness it = Begin();
        it.Receive("error", $$"""{"code":"STREAM_PAUSED","fragment_id":"{{it.Submit().Id}}"}""");
        Assert.Equal("stream:resume", it.Link.Sent[^1].Name);
        it.Step(() => it.Exchange.Pause("no input"));
        int sent = it.Link.Sent.Count;
        it.Receive("error", """{"code":"STREAM_PAUSED"}""");
        Assert.Equal(sent, it.Link.Sent.Count);
    }

    [Theory]
    [InlineData("QUEUE_FULL", 1)]
    [InlineData("RATE_LIMIT", 1)]
    [InlineData("LOW_VOLUME", 0)]
    public void A_refusal_is_one_even_as_a_warning_and_other_warnings_change_nothing(string code, int counted)
    {
        ExchangeHarness it = Begin();
        Fragment fragment = it.Submit();
        it.Receive("error", $$"""{"code":"{{code}}","severity":"warning","retryable":{{(counted > 0 ? "true" : "false")}},"fragment_id":"{{fragment.Id}}"}""");
        Assert.Equal((ulong)counted, it.Exchange.Snapshot.BreakerFailures);
        Assert.Equal(counted == 0, it.Exchange.Snapshot.Inflight == 1);
    }

    [Theory]
    [InlineData(true, 1, 0)]
    [InlineData(true, 2, 2)]
    [InlineData(false, 1, 1)]
    public void An_error_without_a_name_is_about_the_only_fragment_that_a_server_which_acknowledges_has_not(bool acknowledges, int unanswered, int inflight)
    {
        ExchangeHarness it = Begin();
        Fragment first = it.Submit();
        if (acknowledges)
            it.Receive("fragment:ack", $$"""{"fragment_id":"{{first.Id}}","status":"queued"}""");
        Succeed(it, first);
        for (int i = 0; i < unanswered; i++)
            it.Submit();
        it.Receive("error", """{"code":"MALFORMED_DATA","message":"no"}""");
        Assert.Equal(inflight, it.Exchange.Snapshot.Inflight);
        it.Run(TimeSpan.FromSeconds(9));
        // A refusal that does not count; without an attribution it ends as a timeout, which does.
        Assert.Equal((ulong)(inflight == 0 ? 0 : unanswered), it.Exchange.Snapshot.BreakerFailures);
    }

    [Fact]
    public void A_fragment_that_is_acknowledged_twice_counts_once()
    {
        ExchangeHarness it = Begin();
        Fragment fragment = it.Submit();
        foreach (string status in (string[])["queued", "processing"])
            it.Receive("fragment:ack", $$"""{"fragment_id":"{{fragment.Id}}","status":"{{status}}"}""");
        Assert.Equal("queued", Assert.Single(it.Events.OfType<FragmentAcked>()).Status);
    }

    private static ExchangeHarness Begin()
    {
        var it = new ExchangeHarness();
        it.Step(it.Exchange.Start);
        it.Open();
        Succeed(it, it.Submit(), ready: true);
        return it;
    }

    private static void Succeed(ExchangeHarness it, Fragment fragment, bool ready = false)
    {
        if (ready)
            it.Ready(3);
        it.Receive("fragment:processed", Result(fragment));
    }

    private static string Result(Fragment fragment) => $$$"""
        {"fragment_id":"{{{fragment.Id}}}","status":"success","dubbed_audio":{"format":"m4a","sample_rate_hz":48000,"channels":2,"data_base64":"AAAA"}}
        """;
}
