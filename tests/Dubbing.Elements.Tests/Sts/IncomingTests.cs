using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Whatever a server sends: nothing breaks, and each fault is one event (hence one line in the log) and one in the counter.</summary>
public sealed class IncomingTests
{
    public static TheoryData<string, string> Fields =>
        new(IncomingField.All.Select(one => (one.Event, one.Path)));

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Each_fault_in_a_field_is_one_event_and_one_count_and_no_more(string name, string path)
    {
        IncomingField field = Assert.Single(IncomingField.All, one => one.Event == name && one.Path == path);
        await using var it = new SessionFixture(options => options with { BreakerThreshold = 1000 });
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        foreach ((string? json, int faults) in field.Variations())
        {
            if (name is "fragment:ack" or "fragment:processed")
                fragment = await NextAsync(it, link, fragment);
            long before = it.Session.Snapshot.Faults;
            // Asked for again, so that stream:ready is expected.
            if (name == "stream:ready")
            {
                link.Push("error", """{"code":"STREAM_NOT_FOUND"}""");
                await link.ExpectAsync("stream:init");
            }

            link.Push(name, field.With(json).Replace(IncomingField.Id, fragment.Id, StringComparison.Ordinal));
            await it.DrainAsync(link);
            string told = string.Join("; ", it.Events.All<ProtocolFault>().Skip((int)before));
            string value = json is { Length: > 60 } ? $"{json[..60]}…" : json ?? "nothing";
            Assert.True(it.Session.Snapshot.Faults - before == faults, $"{field} = {value}: {faults} expected, there are: {told}");
            Assert.Equal(it.Session.Snapshot.Faults, it.Events.All<ProtocolFault>().Count);
            Assert.DoesNotContain("session", it.Events.All<ProtocolFault>().Select(fault => fault.What));
            Assert.Equal(StsState.Ready, it.Session.Snapshot.State);
        }

        Assert.All(it.Events.All<ProtocolFault>(), fault => Assert.InRange(fault.Detail.Length, 1, 200));
    }

    [Fact]
    public async Task Numbers_that_only_python_writes_cost_no_more_than_their_field()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        link.Push("fragment:processed", $$$$"""
            {"fragment_id":"{{{{fragment.Id}}}}","status":"success","transcript":"NaN \"Infinity\" -Infinity \\","processing_time_ms":NaN,
            "metadata":{"logprob":-Infinity,"scores":[NaN,Infinity,1.5]},"dubbed_audio":{"format":"m4a","data_base64":"AQIDBA=="}}
            """);
        FragmentDecision decision = await it.DecidedAsync(fragment);
        Assert.Equal((Outcome.Dubbed, "NaN \"Infinity\" -Infinity \\"), (decision.Outcome, decision.Transcript));
        Assert.Contains("processing_time_ms", Assert.Single(it.Events.All<ProtocolFault>()).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stream:ready")]
    [InlineData("fragment:ack")]
    [InlineData("fragment:processed")]
    [InlineData("backpressure")]
    [InlineData("error")]
    [InlineData("stream:complete")]
    public async Task Unknown_fields_of_any_kind_are_no_fault(string name)
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        if (name == "stream:ready")
        {
            link.Push("error", """{"code":"STREAM_NOT_FOUND"}""");
            await link.ExpectAsync("stream:init");
        }

        string unknown = $$"""
            "new":null,"x":{"y":[1,"2",{}]},"":0,"long":"{{new string('x', 200_000)}}","big":1e308,"\ud800":"\ud800","fragment\u005fidx":1,
            "deep":{{new string('[', 900)}}{{new string(']', 900)}}
            """;
        link.Push(name, IncomingField.Good(name).Replace(IncomingField.Id, fragment.Id, StringComparison.Ordinal).Trim()[..^1] + $",{unknown}}}");
        await it.DrainAsync(link);
        Assert.Empty(it.Events.All<ProtocolFault>());
        Assert.Equal(StsState.Ready, it.Session.Snapshot.State);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"code\":}")]
    [InlineData("NaN")]
    public async Task A_payload_that_is_no_object_is_one_fault(string payload)
    {
        foreach (string name in IncomingField.All.Select(field => field.Event).Distinct())
        {
            await using var it = new SessionFixture();
            (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
            link.Push(name, payload);
            await it.DrainAsync(link);
            Assert.Single(it.Events.All<ProtocolFault>());
            Assert.Equal(1, it.Session.Snapshot.Faults);
            SessionFixture.Succeed(link, fragment);
            Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
        }
    }

    [Fact]
    public async Task An_event_without_payload_or_unknown_or_nested_beyond_reason_does_no_harm()
    {
        await using var it = new SessionFixture();
        (ScriptedTransport link, Fragment fragment) = await it.ReadyAsync();
        link.PushRaw("""["fragment:processed"]""");
        link.PushRaw("""["something:new",{"a":1}]""");
        link.PushRaw("[]");
        link.PushRaw("""[{"event":"error"}]""");
        link.PushRaw($$"""["error",{"metadata":{{new string('[', 5000)}}{{new string(']', 5000)}}}]""");
        await it.DrainAsync(link);
        Assert.Equal(4, it.Session.Snapshot.Faults);
        Assert.Equal(["fragment:processed", "message", "message", "message"], it.Events.All<ProtocolFault>().Select(fault => fault.What));
        SessionFixture.Succeed(link, fragment);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
    }

    /// <summary>The last fragment is out of the way, another one is in flight.</summary>
    private static async Task<Fragment> NextAsync(SessionFixture it, ScriptedTransport link, Fragment last)
    {
        if (it.DecisionOf(last) is null)
        {
            SessionFixture.Succeed(link, last);
            await it.DrainAsync(link);
        }

        await it.AdvanceAsync(60_000);
        Fragment next = it.Submit();
        await it.Events.NextAsync<FragmentSent>(sent => sent.Fragment.Id == next.Id);
        return next;
    }
}
