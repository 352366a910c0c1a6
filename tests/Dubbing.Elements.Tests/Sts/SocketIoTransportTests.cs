using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Dubbing.Elements.Sts;
using Dubbing.Testing;
using Dubbing.Testing.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Elements.Tests.Sts;

public sealed class SocketIoTransportTests
{
    /// <summary>Scheduling on a loaded machine; a hang takes far longer.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(3);

    private static StsOptions Options(Uri url) => new() { Url = url, StreamId = "demo", WorkerId = "worker-1", ApiKey = "k-123" };

    private static SocketIoTransport Create(StsOptions options) => new(options, TimeProvider.System);

    private static async Task<StsTransportException> RefusedAsync(StsOptions options, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        await using SocketIoTransport transport = Create(options);
        StsTransportException refused = await Assert.ThrowsAsync<StsTransportException>(() => transport.ConnectAsync(CancellationToken.None));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, within ?? AtOnce);
        Assert.True(transport.Closed.IsCompleted);
        Assert.DoesNotContain("k-123", refused.ToString(), StringComparison.Ordinal);
        return refused;
    }

    // proc_net_tcp(5): the remote address is the third column, the state the fourth; 02 is SYN_SENT.
    private static bool IsConnecting(int port) => File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(column => column[2].EndsWith(string.Create(CultureInfo.InvariantCulture, $":{port:X4}"), StringComparison.Ordinal) && column[3] == "02");

    [Fact]
    public async Task Connects_with_headers_and_key_and_hears_the_servers_limit()
    {
        await using EchoServer server = await EchoServer.StartAsync(0, ("ECHO_API_KEY", "k-123"));
        await using SocketIoTransport transport = Create(Options(server.Url));
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        Assert.Equal(50_000_000, transport.MaxPayload!.Value, 5_000_000.0);
        await transport.EmitAsync("stream:init", "{}"u8.ToArray(), TestContext.Current.CancellationToken).Bounded();
        using StsIncoming error = await transport.Incoming.ReadAsync(TestContext.Current.CancellationToken).AsTask().Bounded();
        Assert.Equal(("error", "INVALID_CONFIG"), (error.Name, error.Payload.GetProperty("code").GetString()));
        JsonElement summary = await server.SummaryAsync("demo");
        Assert.DoesNotContain("header_", summary.GetProperty("violations").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_namespace_is_a_clear_error()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        StsTransportException refused = await RefusedAsync(Options(server.Url) with { Namespace = "/wrong" });
        Assert.Equal("the server refused namespace /wrong: Invalid namespace", refused.Message);
        Assert.False(refused.AuthenticationRefused);
    }

    [Fact]
    public async Task A_right_namespace_carries_events_both_ways()
    {
        await using EchoServer server = await EchoServer.StartAsync(0, ("ECHO_NAMESPACE", "/sts"));
        await using SocketIoTransport transport = Create(Options(server.Url) with { Namespace = "/sts" });
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        await transport.EmitAsync("stream:init", "{}"u8.ToArray(), TestContext.Current.CancellationToken).Bounded();
        using StsIncoming error = await transport.Incoming.ReadAsync(TestContext.Current.CancellationToken).AsTask().Bounded();
        Assert.Equal("error", error.Name);
    }

    [Fact]
    public async Task A_wrong_path_is_a_clear_error()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        // The reference server lets an unknown path wait for 1 s, then hangs up; .NET's HTTP client tries three times more.
        StsTransportException refused = await RefusedAsync(Options(server.Url) with { Path = "/elsewhere/" }, TimeSpan.FromSeconds(9));
        Assert.Equal("the server hung up on /elsewhere/ without an answer: check the path", refused.Message);
    }

    [Fact]
    public async Task A_refused_key_is_told_from_other_refusals()
    {
        await using EchoServer server = await EchoServer.StartAsync(0, ("ECHO_API_KEY", "another"));
        StsTransportException refused = await RefusedAsync(Options(server.Url));
        Assert.True(refused.AuthenticationRefused);
        Assert.Equal("the server refused namespace /: AUTH_FAILED", refused.Message);
    }

    [Theory]
    [InlineData(401, "HTTP 401 Unauthorized in place of a WebSocket: check the API key")]
    [InlineData(404, "HTTP 404 NotFound in place of a WebSocket: check the path")]
    [InlineData(502, "HTTP 502 BadGateway in place of a WebSocket: the server behind the proxy is down")]
    public async Task An_http_refusal_keeps_its_status(int status, string message)
    {
        await using var server = new RawServer(_ => Task.CompletedTask, status);
        Assert.Equal(message, (await RefusedAsync(Options(server.Url))).Message);
    }

    [Theory]
    [InlineData("44{\"message\":\"invalid key\",\"data\":\"AUTH_FAILED\"}", "AUTH_FAILED: invalid key")]
    [InlineData("44{\"message\":\"invalid key\",\"data\":{\"code\":\"AUTH_FAILED\"}}", "AUTH_FAILED: invalid key")]
    [InlineData("44{\"message\":\"invalid key\",\"data\":[\"AUTH_FAILED\",401]}", "AUTH_FAILED: invalid key")]
    [InlineData("42[\"error\",{\"code\":\"AUTH_FAILED\",\"message\":\"invalid key\"}]|44{\"message\":\"Connection rejected by server\"}",
        "AUTH_FAILED: invalid key (Connection rejected by server)")]
    public async Task A_refused_key_is_recognised_wherever_the_servers_connect_handler_puts_it(string packets, string message)
    {
        await using var server = new RawServer(async socket =>
        {
            await RawServer.SendAsync(socket, RawServer.Handshake);
            await RawServer.ReceiveAsync(socket);
            foreach (string packet in packets.Split('|'))
                await RawServer.SendAsync(socket, packet);
            await RawServer.ReceiveAsync(socket);
        });
        StsTransportException refused = await RefusedAsync(Options(server.Url));
        Assert.True(refused.AuthenticationRefused);
        Assert.Equal($"the server refused namespace /: {message}", refused.Message);
    }

    [Theory]
    [InlineData("41{\"message\":\"no room\"}", "no room", false)]
    [InlineData("41{\"message\":\"invalid key\",\"data\":\"AUTH_FAILED\"}", "AUTH_FAILED: invalid key", true)]
    public async Task A_refusal_after_the_connection_was_accepted_keeps_its_reason(string packet, string reason, bool isError)
    {
        await using var server = new RawServer(async socket =>
        {
            await RawServer.AcceptAsync(socket);
            await RawServer.SendAsync(socket, packet);
            await RawServer.ReceiveAsync(socket);
        });
        await using SocketIoTransport transport = Create(Options(server.Url));
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        Assert.Equal($"closed by the server: {reason}", await transport.Closed.Bounded());
        Assert.Equal(isError, transport.Incoming.TryRead(out StsIncoming? told));
        using (told)
            Assert.Equal(isError ? "AUTH_FAILED" : null, told?.Payload.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_refusal_in_plain_text_is_understood()
    {
        await using var server = new RawServer(async socket =>
        {
            await RawServer.SendAsync(socket, RawServer.Handshake);
            await RawServer.ReceiveAsync(socket);
            await RawServer.SendAsync(socket, "44/x,\"Unable to connect\"");
            await RawServer.ReceiveAsync(socket);
        });
        Assert.Equal("the server refused namespace /x: Unable to connect", (await RefusedAsync(Options(server.Url) with { Namespace = "/x" })).Message);
    }

    [Fact]
    public async Task Nobody_listening_is_a_clear_error()
    {
        StsTransportException refused = await RefusedAsync(Options(new Uri($"http://127.0.0.1:{FreePorts.Next()}")));
        Assert.Contains("refused", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_connect_to_a_server_that_says_nothing_can_be_given_up()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        await using SocketIoTransport transport = Create(Options(new Uri($"http://{listener.LocalEndpoint}")));
        using var cancel = new CancellationTokenSource(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.ConnectAsync(cancel.Token).Bounded());
        Assert.Equal("given up", await transport.Closed.Bounded());
    }

    /// <summary>The HTTP client goes on connecting when its request is given up, and would keep the connection.</summary>
    [Fact]
    public async Task A_connect_that_is_given_up_ends_at_once_for_the_kernel_too()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var address = (IPEndPoint)listener.LocalEndPoint!;
        // One that waits to be accepted is all that there is room for: the next one gets no answer.
        using var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await waiting.ConnectAsync(address, TestContext.Current.CancellationToken);

        using var cancel = new CancellationTokenSource();
        await using SocketIoTransport transport = Create(Options(new Uri($"http://{address}")));
        Task connecting = transport.ConnectAsync(cancel.Token);
        await Poll.Until(() => IsConnecting(address.Port), AtOnce, () => "nobody connects");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Bounded());
        await transport.DisposeAsync().AsTask().Bounded();
        await Poll.Until(() => !IsConnecting(address.Port), TimeSpan.FromSeconds(0.5), () => "it goes on connecting");
    }

    [Fact]
    public async Task A_server_that_never_answers_the_handshake_can_be_given_up()
    {
        await using var server = new RawServer(socket => RawServer.ReceiveAsync(socket));
        await using SocketIoTransport transport = Create(Options(server.Url));
        using var cancel = new CancellationTokenSource(300);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.ConnectAsync(cancel.Token).Bounded());
    }

    [Fact]
    public async Task A_killed_server_is_noticed_at_once()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        await using SocketIoTransport transport = Create(Options(server.Url));
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        await server.SignalAsync("KILL");
        Assert.StartsWith("connection lost", await transport.Closed.Bounded(), StringComparison.Ordinal);
        await transport.Incoming.Completion.Bounded();
        await Assert.ThrowsAsync<StsTransportException>(() => transport.EmitAsync("x", "{}"u8.ToArray(), CancellationToken.None));
    }

    [Fact]
    public async Task A_stopped_server_is_noticed_after_its_ping_interval_and_timeout()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        var time = new FakeTimeProvider();
        await using var transport = new SocketIoTransport(Options(server.Url), time);
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        await server.SignalAsync("STOP");
        time.Advance(TimeSpan.FromMilliseconds(34_999));
        Assert.False(transport.Closed.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("nothing from the server for 35 s", await transport.Closed.Bounded());
        // Closing must not wait for the stopped server.
        await transport.DisposeAsync().AsTask().Bounded();
    }

    [Fact]
    public async Task Pings_are_answered()
    {
        var answer = new TaskCompletionSource<string>();
        await using var server = new RawServer(async socket =>
        {
            await RawServer.AcceptAsync(socket);
            await RawServer.SendAsync(socket, "2");
            answer.SetResult(await RawServer.ReceiveAsync(socket));
        });
        await using SocketIoTransport transport = Create(Options(server.Url));
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        Assert.Equal("3", await answer.Task.Bounded());
    }

    [Fact]
    public async Task The_key_goes_into_auth_and_the_goodbye_is_said()
    {
        var connect = new TaskCompletionSource<string>();
        var goodbye = new TaskCompletionSource<string>();
        await using var server = new RawServer(async socket =>
        {
            connect.SetResult(await RawServer.AcceptAsync(socket));
            goodbye.SetResult(await RawServer.ReceiveAsync(socket));
            await socket.ReceiveAsync(new byte[100], CancellationToken.None);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        });
        SocketIoTransport transport = Create(Options(server.Url));
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        Assert.Equal("""40{"token":"k-123"}""", await connect.Task.Bounded());
        await transport.DisposeAsync().AsTask().Bounded();
        Assert.Equal("41", await goodbye.Task.Bounded());
        Assert.Equal("io client disconnect", await transport.Closed.Bounded());
    }

    [Theory]
    [InlineData("42[\"a\",{\"b\":", "not JSON")]
    [InlineData("42{}", "an event without data")]
    [InlineData("42[]", "not an array that begins with the event's name")]
    [InlineData("42[7]", "not an array that begins with the event's name")]
    [InlineData("451-[\"a\",{\"_placeholder\":true,\"num\":0}]", "a binary event")]
    public async Task A_broken_message_is_one_fault_and_the_next_one_is_read(string packet, string fault)
    {
        await using var server = new RawServer(async socket =>
        {
            await RawServer.AcceptAsync(socket);
            await RawServer.SendAsync(socket, packet);
            await RawServer.SendAsync(socket, "42/,17[\"next\",{\"n\":1},2]");
            await RawServer.ReceiveAsync(socket);
        });
        await using SocketIoTransport transport = Create(Options(server.Url));
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        using StsIncoming broken = await transport.Incoming.ReadAsync(TestContext.Current.CancellationToken).AsTask().Bounded();
        Assert.StartsWith(fault, broken.Fault, StringComparison.Ordinal);
        using StsIncoming next = await transport.Incoming.ReadAsync(TestContext.Current.CancellationToken).AsTask().Bounded();
        Assert.Equal(("next", 1), (next.Name, next.Payload.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_dropped_without_closing()
    {
        await using var server = new RawServer(async socket =>
        {
            await RawServer.AcceptAsync(socket);
            await RawServer.SendAsync(socket, $"42[\"huge\",\"{new string('x', 17 * 1024 * 1024)}\"]");
            await RawServer.SendAsync(socket, "42[\"next\",{}]");
            await RawServer.ReceiveAsync(socket);
        });
        await using SocketIoTransport transport = Create(Options(server.Url));
        await transport.ConnectAsync(TestContext.Current.CancellationToken).Bounded();
        using StsIncoming broken = await transport.Incoming.ReadAsync(TestContext.Current.CancellationToken).AsTask().Bounded();
        Assert.Contains("was dropped", broken.Fault, StringComparison.Ordinal);
        using StsIncoming next = await transport.Incoming.ReadAsync(TestContext.Current.CancellationToken).AsTask().Bounded();
        Assert.Equal("next", next.Name);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0{}")]
    [InlineData("0{\"sid\":1}")]
    public async Task A_server_of_another_kind_is_a_clear_error(string packet)
    {
        await using var server = new RawServer(async socket =>
        {
            await RawServer.SendAsync(socket, packet);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        });
        Assert.NotEmpty((await RefusedAsync(Options(server.Url))).Message);
    }

    [Fact]
    public async Task A_transport_that_never_connected_can_be_disposed_of()
    {
        SocketIoTransport transport = Create(Options(new Uri("http://127.0.0.1:9")));
        await transport.DisposeAsync();
        await transport.DisposeAsync();
        Assert.Equal("closed by us", await transport.Closed.Bounded());
        Assert.Equal("demo at http://127.0.0.1:9", Options(new Uri("http://127.0.0.1:9")).ToString());
    }
}
