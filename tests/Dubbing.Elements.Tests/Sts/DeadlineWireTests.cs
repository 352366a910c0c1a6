using System.Buffers;
using System.Globalization;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>The deadline on a real connection and the real clock.</summary>
public sealed class DeadlineWireTests
{
    private const int Attempts = 5;
    private static readonly TimeSpan EventLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(600);

    /// <summary>How far the server may be off its time for the attempt to say anything: the machine may be busy.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromMilliseconds(40);

    [Theory]
    [InlineData(-100, "applied")]
    [InlineData(100, "received")]
    public async Task A_result_100_ms_before_its_deadline_plays_and_one_100_ms_after_it_does_not(int offsetMs, string ack)
    {
        bool punctual = false;
        for (int attempt = 0; attempt < Attempts && !punctual; attempt++)
            punctual = await ExchangeAsync(TimeSpan.FromMilliseconds(offsetMs), ack);
        Assert.True(punctual, $"the machine was too busy to send a result on time in {Attempts} attempts");
    }

    /// <summary>One fragment whose result is sent that long after its deadline. False if it was not sent on time.</summary>
    private static async Task<bool> ExchangeAsync(TimeSpan offset, string ack)
    {
        TimeProvider time = TimeProvider.System;
        var submitted = new TaskCompletionSource<Fragment>();
        var acknowledged = new TaskCompletionSource<string>();
        var missed = TimeSpan.Zero;
        await using var server = new CapturingServer(async (name, payload) =>
        {
            switch (name)
            {
                case "stream:init":
                    return ["""["stream:ready",{"max_inflight":1}]"""];
                case "fragment:data":
                    Fragment sent = await submitted.Task;
                    long due = sent.Deadline + (long)(offset.TotalSeconds * time.TimestampFrequency);
                    TimeSpan rest = time.GetElapsedTime(time.GetTimestamp(), due);
                    await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
                    missed = time.GetElapsedTime(due);
                    return [$$$"""["fragment:processed",{"fragment_id":"{{{sent.Id}}}","status":"success","dubbed_audio":{"data_base64":"AQID"}}]"""];
                case "fragment:ack":
                    acknowledged.SetResult(payload.GetProperty("status").GetString()!);
                    return [];
                default:
                    return [];
            }
        });
        var events = new EventLog(EventLimit);
        var options = new StsOptions { Url = server.Start(), StreamId = "demo", WorkerId = "w" };
        await using var session = new StsSession(options, new SocketIoTransportFactory(time), time, events.Add);
        session.Start();
        await events.StateAsync(StsState.Connected);
        var fragment = new Fragment
        {
            Id = Guid.NewGuid().ToString("D"),
            Index = 0,
            StartTime = 0,
            Duration = 6_000_000_000,
            Image = new ReadOnlySequence<byte>(new byte[3000]),
            SampleRate = 48000,
            Channels = 2,
            Deadline = time.GetTimestamp() + (long)(Budget.TotalSeconds * time.TimestampFrequency),
        };
        session.Submit(fragment);
        submitted.SetResult(fragment);
        string status = await acknowledged.Task.Bounded();
        await session.SettleAsync();
        FragmentDecision decision = Assert.Single(events.All<FragmentDecided>()).Decision;
        FragmentProcessed processed = Assert.Single(events.All<FragmentProcessed>());
        if (missed.Duration() > Punctual || (processed.Slack + offset).Duration() > 2 * Punctual)
            return false;
        Assert.Equal(ack, status);
        Assert.Equal(ack == "received", processed.Late);
        Assert.Equal(ack == "received" ? (Outcome.Fallback, FallbackReason.Timeout) : (Outcome.Dubbed, FallbackReason.None), (decision.Outcome, decision.Reason));
        Assert.Equal(ack == "received" ? 1 : 0, session.Snapshot.Late);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"slack {processed.Slack.TotalMilliseconds:0.0} ms: {status}"));
        return true;
    }
}
