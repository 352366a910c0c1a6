using System.Net;
using System.Net.WebSockets;
using System.Text;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>A WebSocket (or HTTP) server that does what a test says, packet by packet: for what no good server does.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    public const string Handshake = """0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":10000,"maxPayload":50000000}""";

    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public RawServer(Func<WebSocket, Task> talk, int refuseWith = 0)
    {
        Url = new Uri($"http://127.0.0.1:{FreePorts.Next()}/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = ServeAsync(talk, refuseWith);
    }

    public Uri Url { get; }

    public static Task SendAsync(WebSocket socket, string packet) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, true, CancellationToken.None);

    public static async Task<string> ReceiveAsync(WebSocket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, CancellationToken.None).Bounded();
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    /// <summary>Engine.IO's and Socket.IO's handshake as a good server does it.</summary>
    public static async Task<string> AcceptAsync(WebSocket socket)
    {
        await SendAsync(socket, Handshake);
        string connect = await ReceiveAsync(socket);
        await SendAsync(socket, """40{"sid":"y"}""");
        return connect;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _listener.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It closes its connections, and one was about to close by itself.
        }

        await _serving.Bounded();
    }

    private async Task ServeAsync(Func<WebSocket, Task> talk, int refuseWith)
    {
        try
        {
            HttpListenerContext context = await _listener.GetContextAsync();
            if (refuseWith != 0)
            {
                context.Response.StatusCode = refuseWith;
                context.Response.Close();
                return;
            }

            using WebSocket socket = (await context.AcceptWebSocketAsync(null)).WebSocket;
            await talk(socket);
        }
        catch (Exception e) when (e is HttpListenerException or WebSocketException or ObjectDisposedException)
        {
            // The other side, or the end of the test, has cut it: what came of it is for the test to see at the client.
        }
    }
}
