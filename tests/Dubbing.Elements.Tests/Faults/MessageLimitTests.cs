using System.Buffers;
using System.Net.WebSockets;
using Dubbing.Elements.Sts;
using Dubbing.Elements.Tests.Sts;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>A server that takes messages of up to 1 MB, as python-socketio does by default: the operator is told.</summary>
public sealed class MessageLimitTests
{
    private const int Limit = 1_000_000;
    private const string Advice = "the server seems to have a limit below that (the default of python-socketio is 1000000)";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    // As base64 1.2 MB.
    private const int TooLarge = 900_000;

    [Theory]
    [InlineData("true", "the server accepts 1000000")]
    [InlineData("false", "MessageTooBig, right after a message of 1200")]
    public async Task A_fragment_over_the_servers_limit_is_played_as_the_original_and_explained(string told, string words)
    {
        await using var server = await EchoServer.StartAsync(0, ("ECHO_MAX_MESSAGE_BYTES", $"{Limit}"), ("ECHO_TELL_MAX_MESSAGE", told));
        var events = new EventLog(s_limit);
        var options = new StsOptions { Url = server.Url, StreamId = "demo", WorkerId = "worker-1" };
        await using var session = new StsSession(options, new SocketIoTransportFactory(TimeProvider.System), TimeProvider.System, events.Add);
        session.Start();
        Assert.Equal(Outcome.Dubbed, (await Decide(session, events, 0, 3000)).Outcome);
        Assert.Equal(Outcome.Fallback, (await Decide(session, events, 1, TooLarge)).Outcome);
        if (told == "false")
            Assert.Contains(events.All<StateChanged>(), e => e.Reason.Contains(Advice, StringComparison.Ordinal));
        Assert.Contains(events.All<StsEvent>(), e => $"{e}".Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("close", true)]
    [InlineData("engine close", true)]
    [InlineData("reset", true)]
    [InlineData("answer, then reset", false)]
    public async Task Any_close_right_after_a_large_message_is_explained(string how, bool explained)
    {
        // A reset that overtakes the end of the client's last send would be that send's failure.
        var sent = new TaskCompletionSource();
        await using var server = new RawServer(async socket =>
        {
            await RawServer.AcceptAsync(socket);
            var buffer = new byte[2 * Limit];
            while (!(await socket.ReceiveAsync(buffer, CancellationToken.None)).EndOfMessage)
            {
                // The large message comes in pieces.
            }

            if (how.StartsWith("answer", StringComparison.Ordinal))
            {
                await RawServer.SendAsync(socket, "42[\"fragment:ack\",{}]");
                await RawServer.ReceiveAsync(socket);
            }

            await sent.Task;
            if (how == "close")
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            else if (how == "engine close")
                await RawServer.SendAsync(socket, "1");
            else
                socket.Abort();
        });
        var options = new StsOptions { Url = server.Url, StreamId = "demo", WorkerId = "worker-1" };
        await using var transport = new SocketIoTransport(options, TimeProvider.System);
        await transport.ConnectAsync(CancellationToken.None).Bounded();
        try
        {
            await transport.EmitAsync("fragment:data", Quoted(Limit), CancellationToken.None).Bounded();
            if (!explained)
            {
                using var answer = await transport.Incoming.ReadAsync(CancellationToken.None).AsTask().Bounded();
                await transport.EmitAsync("fragment:ack", "{}"u8.ToArray(), CancellationToken.None).Bounded();
            }
        }
        finally
        {
            sent.SetResult();
        }


        Assert.Equal(explained, (await transport.Closed.Bounded()).Contains(Advice, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_close_in_the_middle_of_a_large_message_is_explained()
    {
        await using var server = new RawServer(async socket =>
        {
            await RawServer.AcceptAsync(socket);
            await RawServer.ReceiveAsync(socket);
            socket.Abort();
        });
        var options = new StsOptions { Url = server.Url, StreamId = "demo", WorkerId = "worker-1" };
        await using var transport = new SocketIoTransport(options, TimeProvider.System);
        await transport.ConnectAsync(CancellationToken.None).Bounded();
        await Assert.ThrowsAsync<StsTransportException>(() => transport.EmitAsync("fragment:data", Quoted(20 * Limit), CancellationToken.None).Bounded());
        Assert.Contains(Advice, await transport.Closed.Bounded(), StringComparison.Ordinal);
        await transport.DisposeAsync().AsTask().Bounded();
    }

    private static byte[] Quoted(int length) => [(byte)'"', .. Enumerable.Repeat((byte)'x', length), (byte)'"'];

    private static async Task<FragmentDecision> Decide(StsSession session, EventLog events, int index, int bytes)
    {
        var fragment = new Fragment
        {
            Id = Guid.NewGuid().ToString("D"),
            Index = index,
            StartTime = (ulong)index * 6_000_000_000,
            Duration = 6_000_000_000,
            Image = new ReadOnlySequence<byte>(new byte[bytes]),
            SampleRate = 48000,
            Channels = 2,
            Deadline = TimeProvider.System.GetTimestamp() + (long)(s_limit.TotalSeconds * TimeProvider.System.TimestampFrequency),
        };
        session.Submit(fragment);
        return (await events.NextAsync<FragmentDecided>(e => e.Decision.Fragment.Id == fragment.Id)).Decision;
    }
}
