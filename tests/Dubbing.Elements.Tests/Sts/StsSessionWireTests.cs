using System.Buffers;
using System.Text.Json;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>The session over the real transport against the echo server, a process of its own, in real time.</summary>
public sealed class StsSessionWireTests
{
    private static readonly TimeSpan EventLimit = TimeSpan.FromSeconds(20);

    private sealed class Exchange : IAsyncDisposable
    {
        private long _index;

        public Exchange(Uri url, int maxInflight = 3)
        {
            var options = new StsOptions { Url = url, StreamId = "demo", WorkerId = "worker-1", MaxInflight = maxInflight, ApiKey = "k-123" };
            Session = new StsSession(options, new SocketIoTransportFactory(TimeProvider.System), TimeProvider.System, Events.Add);
            Session.Start();
        }

        public EventLog Events { get; } = new(EventLimit);

        public StsSession Session { get; }

        public Fragment Submit(double deadlineSeconds = 10, int bytes = 3000)
        {
            long index = _index++;
            byte[] image = new byte[bytes];
            new Random((int)index).NextBytes(image);
            var fragment = new Fragment
            {
                Id = Guid.NewGuid().ToString("D"),
                Index = index,
                StartTime = (ulong)index * 6_000_000_000,
                Duration = 6_000_000_000,
                Image = new ReadOnlySequence<byte>(image),
                SampleRate = 48000,
                Channels = 2,
                Deadline = TimeProvider.System.GetTimestamp() + (long)(deadlineSeconds * TimeProvider.System.TimestampFrequency),
            };
            Session.Submit(fragment);
            return fragment;
        }

        /// <summary>The decision, whether it was passed over before or is still to come.</summary>
        public async Task<FragmentDecision> DecidedAsync(Fragment fragment)
        {
            bool IsIt(FragmentDecided decided) => decided.Decision.Fragment.Id == fragment.Id;
            return (Events.All<FragmentDecided>().FirstOrDefault(IsIt) ?? await Events.NextAsync<FragmentDecided>(IsIt)).Decision;
        }

        public Task EndAsync() => Session.EndAsync("over", TimeSpan.FromSeconds(10)).Bounded();

        public async ValueTask DisposeAsync()
        {
            await Session.DisposeAsync().AsTask().Bounded();
            Assert.Equal(Session.Snapshot.Submitted, Session.Snapshot.Dubbed + Session.Snapshot.Fallback);
            Assert.All(Events.All<StsEvent>(), happened => Assert.DoesNotContain("k-123", happened.ToString(), StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(3_000_000)]
    public async Task Fragments_come_back_byte_for_byte_and_the_server_finds_no_fault(int bytes)
    {
        await using EchoServer server = await EchoServer.StartAsync(0, ("ECHO_API_KEY", "k-123"));
        await using var it = new Exchange(server.Url);
        for (int i = 0; i < 5; i++)
        {
            Fragment fragment = it.Submit(bytes: bytes);
            FragmentDecision decision = await it.DecidedAsync(fragment);
            Assert.Equal((Outcome.Dubbed, FallbackReason.None), (decision.Outcome, decision.Reason));
            Assert.True(fragment.Image.ToArray().AsSpan().SequenceEqual(decision.Audio!.Data.ToArray()));
        }

        await it.EndAsync();
        Assert.Equal(5, Assert.Single(it.Events.All<StreamCompleted>()).TotalFragments);
        Assert.Equal(
            [StsState.Connecting, StsState.Connected, StsState.Ready, StsState.Ended], it.Events.All<StateChanged>().Select(changed => changed.State));
        Assert.Empty(it.Events.All<ProtocolFault>());
        JsonElement summary = await server.SummaryAsync("demo");
        Assert.Equal("{}", summary.GetProperty("violations").GetRawText());
        Assert.Equal(5, summary.GetProperty("fragments_accepted").GetInt32());
        Assert.Equal(5, summary.GetProperty("client_acks").GetProperty("applied").GetInt32());
        Assert.Equal(0, summary.GetProperty("client_acks").GetProperty("received").GetInt32());
        Assert.Equal(1, summary.GetProperty("completes").GetInt32());
    }

    [Fact]
    public async Task One_in_flight_is_never_exceeded_across_timeouts_and_a_reconnect()
    {
        await using EchoServer server = await EchoServer.StartAsync(
            0, ("ECHO_MAX_INFLIGHT", "1"), ("ECHO_PROCESSING_DELAY_MS", "300"), ("BACKPRESSURE_ENABLED", "false"));
        await using var it = new Exchange(server.Url);
        // Deadlines that pass while the server works: those results are acknowledged late, and only then is the place free.
        Fragment[] before = [it.Submit(0.2), it.Submit(), it.Submit(), it.Submit(), it.Submit(0.8)];
        foreach (Fragment fragment in before)
            await it.DecidedAsync(fragment);
        Fragment[] lost = [it.Submit(), it.Submit(), it.Submit()];
        await it.Events.NextAsync<FragmentAcked>(acked => lost.Contains(acked.Fragment));
        await server.SetModesAsync("""{"disconnect":{"abrupt":true}}""");
        await it.Events.StateAsync(StsState.Disconnected);
        Assert.Equal(1UL, (await it.Events.StateAsync(StsState.Ready)).Reconnects);
        Fragment[] after = [it.Submit(), it.Submit(), it.Submit()];
        foreach (Fragment fragment in after)
            Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
        JsonElement summary = await server.SummaryAsync("demo");
        Assert.InRange(summary.GetProperty("client_acks").GetProperty("received").GetInt32(), 1, before.Length);
        Assert.Equal(1, summary.GetProperty("max_inflight_seen").GetInt32());
        Assert.Equal(0, summary.GetProperty("inflight_violations").GetInt32());
        Assert.Equal("{}", summary.GetProperty("violations").GetRawText());
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_once_more_and_the_server_finds_no_fault_in_it()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        await server.SetModesAsync("""
            {"error_simulation":{"enabled":true,"rules":[
            {"trigger":"nth_fragment","value":1,"error_code":"GPU_OOM","retryable":true},
            {"trigger":"nth_fragment","value":3,"error_code":"QUEUE_FULL","retryable":true,"event":"error","severity":"error"}]}}
            """);
        await using var it = new Exchange(server.Url);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(it.Submit())).Outcome);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(it.Submit())).Outcome);
        await it.EndAsync();
        Assert.Equal((4L, 2L), (it.Session.Snapshot.Sent, it.Session.Snapshot.Retried));
        Assert.Equal("{}", (await server.SummaryAsync("demo")).GetProperty("violations").GetRawText());
    }

    [Fact]
    public async Task With_one_slot_and_backpressure_on_every_fragment_is_dubbed()
    {
        await using EchoServer server = await EchoServer.StartAsync(0, ("ECHO_MAX_INFLIGHT", "1"), ("BACKPRESSURE_ENABLED", "true"));
        await using var it = new Exchange(server.Url);
        Fragment[] fragments = [it.Submit(), it.Submit(), it.Submit(), it.Submit()];
        foreach (Fragment fragment in fragments)
            Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(fragment)).Outcome);
        Assert.Contains(it.Events.All<BackpressureReceived>(), happened => happened.Action == "pause");
    }

    [Fact]
    public async Task A_killed_server_costs_what_is_in_flight_and_its_successor_is_found()
    {
        EchoServer server = await EchoServer.StartAsync();
        await using var it = new Exchange(server.Url);
        Fragment answered = it.Submit();
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(answered)).Outcome);
        await server.SetModesAsync("""{"processing_delay":{"fixed_ms":5000}}""");
        Fragment inFlight = it.Submit();
        await it.Events.NextAsync<FragmentAcked>();
        await server.SignalAsync("KILL");
        Assert.Equal(FallbackReason.Disconnected, (await it.DecidedAsync(inFlight)).Reason);
        await server.DisposeAsync();

        await using EchoServer next = await EchoServer.StartAsync(server.Url.Port);
        await it.Events.StateAsync(StsState.Ready);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(it.Submit())).Outcome);
        await it.EndAsync();
    }

    [Fact]
    public async Task A_stopped_server_costs_fragments_at_their_deadlines_and_its_late_results_are_counted()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        await using var it = new Exchange(server.Url);
        await it.DecidedAsync(it.Submit());
        await server.SignalAsync("STOP");
        Fragment lost = it.Submit(1);
        FragmentDecision decision = await it.DecidedAsync(lost);
        Assert.Equal(FallbackReason.Timeout, decision.Reason);
        await server.SignalAsync("CONT");
        FragmentProcessed late = await it.Events.NextAsync<FragmentProcessed>(processed => processed.Fragment.Id == lost.Id);
        Assert.True(late.Late);
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(it.Submit())).Outcome);
    }

    [Fact]
    public async Task Garbage_of_every_kind_costs_no_more_than_the_fragment()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        // A result that names no fragment leaves that fragment's place taken for us: enough places for all of them.
        await using var it = new Exchange(server.Url, maxInflight: 10);
        await it.DecidedAsync(it.Submit());
        string[] kinds =
        [
            "malformed", "broken_packet", "wrong_types", "truncated_base64", "unknown_fields", "null_optionals",
            "unknown_fragment_id", "empty_audio", "no_audio", "duplicate",
        ];
        foreach (string kind in kinds)
        {
            await server.SetModesAsync($$"""{"garbage":["{{kind}}"]}""");
            await it.DecidedAsync(it.Submit(0.5));
        }

        await server.SetModesAsync("""{"garbage":null}""");
        Assert.Equal(Outcome.Dubbed, (await it.DecidedAsync(it.Submit())).Outcome);
        Assert.NotEmpty(it.Events.All<ProtocolFault>());
        Assert.Equal(StsState.Ready, it.Session.Snapshot.State);
    }

    [Fact]
    public async Task A_wrong_namespace_is_told_to_the_operator()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        var events = new EventLog(EventLimit);
        await using var session = new StsSession(
            new StsOptions { Url = server.Url, Namespace = "/wrong", StreamId = "demo", WorkerId = "w" },
            new SocketIoTransportFactory(TimeProvider.System), TimeProvider.System, events.Add);
        session.Start();
        Assert.Contains("Invalid namespace", (await events.StateAsync(StsState.Disconnected)).Reason, StringComparison.Ordinal);
    }
}
