using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using SocketIOClient.Transport;

namespace Dubbing.Elements.Sts;

/// <summary>
/// The WebSocket under the client library. The library's own copies a message again for each 8 KB that arrive and makes
/// four strings of every message; here messages of megabytes stay UTF-8 in pooled buffers, sizes are bounded, a connect can
/// be cancelled, a refusal keeps its HTTP status, and closing really closes.
/// </summary>
/// <remarks>Packets that carry events or refusals go to <c>onPacket</c>; the rest, Engine.IO's handshake and
/// heartbeat, to the library.</remarks>
internal sealed class PooledWebSocket : IClientWebSocket
{
    /// <summary>The most that is read as one message: 10 MB of audio as base64, and room for text.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    private const int FirstBufferBytes = 16 * 1024;
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sendLock = new(1, 1);
    private readonly TextSource<string> _text = new();
    private readonly PacketHandler _onPacket;
    private readonly Action _onReceived;
    private readonly Action<string> _onClosed;
    private readonly CancellationTokenSource _abort = new();
    private readonly LargeMessage _large = new();
    private Task _receiving = Task.CompletedTask;
    private bool _libraryHoldsLock;

    public PooledWebSocket(PacketHandler onPacket, Action onReceived, Action<string> onClosed)
    {
        _onPacket = onPacket;
        _onReceived = onReceived;
        _onClosed = onClosed;
        _socket.Options.CollectHttpResponseDetails = true;
    }

    /// <summary>Takes a packet, or leaves it to the library.</summary>
    /// <param name="packet">The packet in UTF-8.</param>
    /// <param name="buffer">The pooled buffer that holds it: kept, and set to null, by a handler that keeps the packet.</param>
    /// <param name="cancel">Ends with the connection.</param>
    /// <returns>True if the packet was taken.</returns>
    public delegate ValueTask<PacketResult> PacketHandler(ReadOnlyMemory<byte> packet, byte[] buffer, CancellationToken cancel);

    /// <summary>What became of a packet.</summary>
    public enum PacketResult
    {
        /// <summary>It is the library's.</summary>
        ForLibrary,

        /// <summary>It is done with.</summary>
        Handled,

        /// <summary>It is done with, and its buffer has a new owner.</summary>
        Kept,
    }

    public IObservable<string> TextObservable => _text;

    public IObservable<byte[]> BytesObservable { get; } = new TextSource<byte[]>();

    public void AddHeader(string key, string val) => _socket.Options.SetRequestHeader(key, val);

    public async Task ConnectAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _abort.Token);
        // Of its own, and gone when the WebSocket is up or given up: a shared one keeps, unused and open, the connection that comes of
        // an attempt whose request is given up meanwhile.
        using var invoker = new HttpMessageInvoker(
            new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero, ConnectCallback = ConnectTcpAsync });
        try
        {
            await _socket.ConnectAsync(uri, invoker, either.Token).ConfigureAwait(false);
        }
        catch (WebSocketException) when (_socket.HttpStatusCode != 0)
        {
            int status = (int)_socket.HttpStatusCode;
            throw new StsTransportException(string.Create(
                CultureInfo.InvariantCulture, $"HTTP {status} {_socket.HttpStatusCode} in place of a WebSocket{Hint(_socket.HttpStatusCode)}"));
        }

        catch (WebSocketException e) when (e.InnerException is HttpRequestException http)
        {
            bool hungUp = http.HttpRequestError == HttpRequestError.ResponseEnded
                || http.InnerException is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded };
            throw new StsTransportException(
                hungUp ? $"the server hung up on {uri.AbsolutePath} without an answer: check the path" : http.Message, e);
        }

        _receiving = Task.Run(ReceiveAllAsync, CancellationToken.None);
    }

    /// <summary>Sends a chunk of one of the library's messages; the library sends one message at a time.</summary>
    public async Task SendAsync(byte[] bytes, TransportMessageType type, bool endOfMessage, CancellationToken cancellationToken)
    {
        if (!_libraryHoldsLock)
        {
            await _sendLock.WaitAsync(cancellationToken).ConfigureAwait(false);
            _libraryHoldsLock = true;
        }

        bool sent = false;
        try
        {
            await _socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage, _abort.Token).ConfigureAwait(false);
            sent = true;
        }
        finally
        {
            if (endOfMessage || !sent)
            {
                _libraryHoldsLock = false;
                _sendLock.Release();
            }
        }
    }

    /// <summary>Sends three pieces as one text message, without joining them in memory.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> tail, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _abort.Token);
        await _sendLock.WaitAsync(either.Token).ConfigureAwait(false);
        _large.Sending(head.Length + body.Length + tail.Length);
        try
        {
            await _socket.SendAsync(head, WebSocketMessageType.Text, endOfMessage: false, either.Token).ConfigureAwait(false);
            await _socket.SendAsync(body, WebSocketMessageType.Text, endOfMessage: false, either.Token).ConfigureAwait(false);
            await _socket.SendAsync(tail, WebSocketMessageType.Text, endOfMessage: true, either.Token).ConfigureAwait(false);
        }
        finally
        {
            _sendLock.Release();
        }
    }

    /// <summary>The library's way to close: says goodbye, within a limit.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token).ConfigureAwait(false);
    }

    /// <summary>The server has answered: what was sent before was not too much for it.</summary>
    public void Answered() => _large.Answered();

    /// <summary>Whether the size of what was sent is why the server closes: said after the reason; empty if not.</summary>
    public string Suspicion() => _large.Suspicion(_socket.CloseStatus);

    /// <summary>Ends the connection now, whatever is under way.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Completes, never with an exception, when the receiving has ended.</summary>
    public Task Receiving => _receiving;

    public void Dispose()
    {
        _abort.Cancel();
        _socket.Dispose();
    }

    // The HTTP client itself goes on when its request is given up.
    private async ValueTask<Stream> ConnectTcpAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _abort.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, either.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ReceiveAllAsync()
    {
        string reason;
        try
        {
            reason = await ReceiveUntilClosedAsync().ConfigureAwait(false) + Suspicion();
        }
        catch (OperationCanceledException)
        {
            reason = "closed by us";
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or IOException)
        {
            reason = $"connection lost: {e.Message}{Suspicion()}";
        }
        catch (Exception e)
        {
            // What the library throws about a packet that it can't read: the connection is of no use any more.
            reason = $"unreadable packet: {e.Message}";
        }

        _onClosed(reason);
    }

    private async Task<string> ReceiveUntilClosedAsync()
    {
        while (true)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
            bool kept = false;
            try
            {
                int length = 0;
                bool dropped = false;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == buffer.Length)
                        buffer = Grow(buffer);
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), _abort.Token).ConfigureAwait(false);
                    _onReceived();
                    length += part.Count;
                    if (length > MaxMessageBytes)
                    {
                        dropped = true;
                        length = 0;
                    }
                }
                while (!part.EndOfMessage);

                if (part.MessageType == WebSocketMessageType.Close)
                    return $"closed by the server: {CloseReason()}";
                if (part.MessageType == WebSocketMessageType.Text)
                {
                    // A message that is too long is passed on as an empty one: the handler reports it.
                    ReadOnlyMemory<byte> packet = dropped ? default : buffer.AsMemory(0, length);
                    PacketResult result = await _onPacket(packet, buffer, _abort.Token).ConfigureAwait(false);
                    kept = result == PacketResult.Kept;
                    if (result == PacketResult.ForLibrary)
                        _text.Publish(Encoding.UTF8.GetString(packet.Span));
                }
            }
            finally
            {
                if (!kept)
                    ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // Servers leave the description empty more often than out.
    private string CloseReason() =>
        _socket.CloseStatusDescription is { Length: > 0 } description ? description : _socket.CloseStatus?.ToString() ?? "no reason";

    private static byte[] Grow(byte[] buffer)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static string Hint(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": check the API key",
        HttpStatusCode.NotFound or HttpStatusCode.BadRequest => ": check the path",
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ": the server behind the proxy is down",
        _ => "",
    };
}
