using Dubbing.Elements.Sts;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Faults of our own: each costs what it costs, and no decision.</summary>
public sealed class StsSessionFaultTests
{
    [Fact]
    public async Task A_connection_that_can_not_be_made_at_all_is_a_lost_one()
    {
        var broken = new BrokenFactory();
        await using var it = new SessionFixture(transports: server => broken.Then(server));
        it.Session.Start();
        Assert.Equal("internal error: UriFormatException: no such address", (await it.Events.StateAsync(StsState.Disconnected)).Reason);
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(it.Submit())).Reason);
        await it.AdvanceAsync(2000);
        (await it.Server.NextAsync()).Drop("and again");
        await it.Events.StateAsync(StsState.Disconnected);
        broken.IsBroken = true;
        await it.AdvanceAsync(4000);
        await it.Events.StateAsync(StsState.Disconnected);
        await it.AdvanceAsync(8000);
        ScriptedTransport link = await it.Server.NextAsync();
        Fragment fragment = it.Submit();
        await link.ExpectAsync("stream:init");
        SessionFixture.Ready(link);
        await link.ExpectAsync("fragment:data");
        SessionFixture.Succeed(link, fragment);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
    }

    [Fact]
    public async Task A_fault_in_a_timed_step_comes_out_at_the_end_and_decisions_go_on()
    {
        var time = new FakeTimeProvider();
        var server = new ScriptedServer();
        var events = new EventLog(ScriptedServer.Limit);
        var options = new StsOptions { Url = new Uri("http://127.0.0.1:1"), StreamId = "demo", WorkerId = "w" };
        var session = new StsSession(options, server, time, events.Add, () => throw new InvalidTimeZoneException("no number"));
        session.Start();
        ScriptedTransport link = await server.NextAsync();
        var fragment = new Fragment
        {
            Id = "00000000-0000-4000-8000-000000000000",
            Index = 0,
            StartTime = 0,
            Duration = 6_000_000_000,
            Image = new System.Buffers.ReadOnlySequence<byte>([1]),
            SampleRate = 48000,
            Channels = 2,
            Deadline = time.GetTimestamp() + TimeSpan.FromSeconds(20).Ticks,
        };
        session.Submit(fragment);
        await link.ExpectAsync("stream:init");
        await session.SettleAsync();
        // No stream:ready: the connection is given up, which asks for the delay before the next one.
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("session", (await events.NextAsync<ProtocolFault>()).What);
        await session.SettleAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(FallbackReason.Disconnected, (await events.NextAsync<FragmentDecided>()).Decision.Reason);
        var thrown = await Assert.ThrowsAsync<AggregateException>(async () => await session.DisposeAsync());
        Assert.IsType<InvalidTimeZoneException>(thrown.InnerException);
    }

    private sealed class BrokenFactory : IStsTransportFactory
    {
        private IStsTransportFactory? _then;

        public bool IsBroken { get; set; } = true;

        public BrokenFactory Then(IStsTransportFactory then)
        {
            _then = then;
            return this;
        }

        public IStsTransport Create(StsOptions options)
        {
            if (!IsBroken)
                return _then!.Create(options);
            IsBroken = false;
            throw new UriFormatException("no such address");
        }
    }
}
