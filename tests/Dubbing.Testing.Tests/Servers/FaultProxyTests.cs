using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Tests.Servers;

/// <summary>Each fault of the proxy, seen by plain sockets before and behind it.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    // Long for what is on a line of this machine, short for a test.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(300);

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private FaultProxy _proxy = null!;

    public ValueTask InitializeAsync()
    {
        _server.Start();
        _proxy = FaultProxy.Start(new Uri($"http://{_server.LocalEndpoint}"));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync().AsTask().WaitAsync(s_limit);
        _server.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
        Assert.Equal(0, _proxy.Open);
    }

    [Fact]
    public async Task A_good_line_carries_everything_both_ways_and_the_end_of_one_direction()
    {
        var (client, server) = await Connect();
        var bytes = new byte[3_000_000];
        Random.Shared.NextBytes(bytes);
        var sending = client.SendAsync(bytes).ContinueWith(_ => client.Shutdown(SocketShutdown.Send), TaskScheduler.Default);
        Assert.Equal(bytes, await ReadToEnd(server));
        await sending;
        await server.SendAsync("still heard"u8.ToArray());
        server.Dispose();
        Assert.Equal("still heard"u8.ToArray(), await ReadToEnd(client));
        Assert.Equal(1, _proxy.Accepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clients_have_left_when_each_has_closed_its_end_also_of_a_silent_line(bool silent)
    {
        Assert.True(_proxy.ClientsLeft().IsCompletedSuccessfully);
        var (first, _) = await Connect();
        var (second, _) = await Connect();
        if (silent)
            _proxy.End(LineEnd.Silence);
        var left = _proxy.ClientsLeft();
        first.Dispose();
        Assert.False(left.IsCompleted);
        second.Dispose();
        await left.WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Latency_and_jitter_delay_without_changing_the_order()
    {
        var (client, server) = await Connect();
        _proxy.Faults = new LineFaults { Latency = TimeSpan.FromMilliseconds(400), Jitter = TimeSpan.FromMilliseconds(200) };
        var sent = Stopwatch.StartNew();
        for (byte i = 0; i < 20; i++)
        {
            await client.SendAsync(new[] { i });
            // Apart, or one read would take them all.
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, (await Read(server, 1))[0]);
        Assert.InRange(sent.ElapsedMilliseconds, 400, 3000);
        Assert.Equal(Enumerable.Range(1, 19).Select(i => (byte)i), await Read(server, 19));
        _proxy.Faults = LineFaults.None;
        sent.Restart();
        await server.SendAsync(new byte[1]);
        await Read(client, 1);
        Assert.InRange(sent.ElapsedMilliseconds, 0, 399);
    }

    [Fact]
    public async Task A_slow_line_takes_the_time_that_its_bytes_need()
    {
        var (client, server) = await Connect();
        _proxy.Faults = new LineFaults { BytesPerSecond = 20_000 };
        var watch = Stopwatch.StartNew();
        await client.SendAsync(new byte[10_000]);
        await Read(server, 10_000);
        Assert.InRange(watch.ElapsedMilliseconds, 450, 3000);
    }

    [Fact]
    public async Task Byte_by_byte_everything_comes_in_pieces_of_one()
    {
        var (client, server) = await Connect();
        _proxy.Faults = new LineFaults { SegmentBytes = 1 };
        await client.SendAsync(new byte[5]);
        await Read(server, 5);
        Assert.Equal(5, SegmentsReceived(server));
    }

    [Fact]
    public async Task A_reset_is_one_for_both_sides()
    {
        var (client, server) = await Connect();
        Assert.Equal(1, _proxy.End(LineEnd.Reset));
        foreach (var socket in (Socket[])[client, server])
            Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => Read(socket, 1))).SocketErrorCode);
    }

    [Fact]
    public async Task A_finish_is_the_end_of_the_stream_for_both_sides_though_something_was_on_the_way()
    {
        var (client, server) = await Connect();
        _proxy.Faults = new LineFaults { Latency = s_limit };
        await client.SendAsync(new byte[100_000]);
        _proxy.End(LineEnd.Finish);
        Assert.Empty(await ReadToEnd(client));
        Assert.Empty(await ReadToEnd(server));
    }

    [Fact]
    public async Task A_peers_reset_is_passed_on()
    {
        var (client, server) = await Connect();
        server.LingerState = new LingerOption(enable: true, seconds: 0);
        server.Dispose();
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => Read(client, 1))).SocketErrorCode);
    }

    [Fact]
    public async Task Half_open_nothing_passes_and_nobody_hears_of_an_end_while_new_connections_are_good()
    {
        var (client, server) = await Connect();
        _proxy.End(LineEnd.Silence);
        await client.SendAsync(new byte[1]);
        await server.SendAsync(new byte[1]);
        await IsSilent(client);
        server.Dispose();
        await IsSilent(client);

        var (other, behind) = await Connect();
        await other.SendAsync(new byte[1]);
        await Read(behind, 1);
    }

    [Fact]
    public async Task Accepted_and_never_answered_the_server_hears_nothing()
    {
        _proxy.Faults = new LineFaults { Silent = SilentFrom.Accept };
        var client = await ConnectClient();
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await IsSilent(client);
        Assert.False(_server.Pending());
        Assert.Equal(1, _proxy.Open);
    }

    [Fact]
    public async Task After_the_http_answer_nothing_more_is_heard()
    {
        _proxy.Faults = new LineFaults { Silent = SilentFrom.HttpAnswer };
        var (client, server) = await Connect();
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await Read(server, 18);
        await server.SendAsync("HTTP/1.1 101 Switching Protocols\r\n\r\nfirst packet"u8.ToArray());
        await server.SendAsync("second packet"u8.ToArray());
        const string head = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
        Assert.Equal(head, Encoding.ASCII.GetString(await Read(client, head.Length)));
        await IsSilent(client);
    }

    [Fact]
    public async Task An_http_status_stands_in_the_servers_place()
    {
        _proxy.Faults = new LineFaults { HttpStatus = 502 };
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_limit };
        using var answer = await http.GetAsync(_proxy.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task Refused_connections_are_taken_again_later_and_open_ones_go_on()
    {
        var (client, server) = await Connect();
        _proxy.Refuse();
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(ConnectClient)).SocketErrorCode);
        await client.SendAsync(new byte[1]);
        await Read(server, 1);
        _proxy.Listen();
        await Connect();
    }

    [Fact]
    public async Task Without_a_server_behind_it_a_connection_is_reset()
    {
        _server.Stop();
        var reset = await Assert.ThrowsAsync<SocketException>(async () => await Read(await ConnectClient(), 1));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private async Task<(Socket Client, Socket Server)> Connect()
    {
        var accepting = _server.AcceptSocketAsync();
        var client = await ConnectClient();
        var server = await accepting.WaitAsync(s_limit);
        _sockets.Add(server);
        return (client, server);
    }

    private async Task<Socket> ConnectClient()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(client);
        await client.ConnectAsync(_proxy.Url.Host, _proxy.Url.Port).WaitAsync(s_limit);
        return client;
    }

    private static async Task<byte[]> Read(Socket socket, int count)
    {
        var bytes = new byte[count];
        var got = 0;
        while (got < count)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(got)).AsTask().WaitAsync(s_limit);
            Assert.True(more > 0, $"the stream ended after {got} of {count} bytes");
            got += more;
        }

        return bytes;
    }

    /// <summary>TCP segments with data that the kernel has counted (<c>tcpi_data_segs_in</c> of Linux's <c>TCP_INFO</c>): a reader that
    /// comes late finds several of them in one read.</summary>
    private static int SegmentsReceived(Socket socket)
    {
        const int tcpInfo = 11;
        const int dataSegmentsIn = 152;
        var info = new byte[dataSegmentsIn + sizeof(int)];
        Assert.Equal(info.Length, socket.GetRawSocketOption((int)ProtocolType.Tcp, tcpInfo, info));
        return BitConverter.ToInt32(info, dataSegmentsIn);
    }

    private static async Task<byte[]> ReadToEnd(Socket socket)
    {
        var all = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer).WaitAsync(s_limit) is var count and > 0)
            all.AddRange(buffer.AsSpan(0, count));
        return [.. all];
    }

    private static async Task IsSilent(Socket socket)
    {
        using var cancel = new CancellationTokenSource(s_quiet);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => socket.ReceiveAsync(new byte[1], cancel.Token).AsTask());
    }
}
