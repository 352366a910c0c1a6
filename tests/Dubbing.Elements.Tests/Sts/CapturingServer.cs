using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>A Socket.IO server that answers as told and keeps every event as it came over the wire.</summary>
internal sealed class CapturingServer(Func<string, JsonElement, Task<string[]>> answer) : IAsyncDisposable
{
    private RawServer? _server;

    /// <summary>What came, in order: name, and payload as it was written.</summary>
    public List<(string Name, string Json)> Received { get; } = [];

    public Uri Start()
    {
        _server = new RawServer(TalkAsync);
        return _server.Url;
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task TalkAsync(WebSocket socket)
    {
        await RawServer.AcceptAsync(socket);
        while (await ReceiveAsync(socket) is { } packet)
        {
            if (!packet.StartsWith("42", StringComparison.Ordinal))
                continue;
            using JsonDocument document = JsonDocument.Parse(packet[2..]);
            (string name, JsonElement payload) = (document.RootElement[0].GetString()!, document.RootElement[1]);
            lock (Received)
                Received.Add((name, payload.GetRawText()));
            foreach (string answered in await answer(name, payload))
                await RawServer.SendAsync(socket, $"42{answered}");
        }
    }

    private static async Task<string?> ReceiveAsync(WebSocket socket)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(message.ToArray());
        }
    }
}
