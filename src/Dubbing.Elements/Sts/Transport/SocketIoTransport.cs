using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Dubbing.Elements.Sts.Protocol;
using SocketIOClient.Transport;
using Library = SocketIOClient;

namespace Dubbing.Elements.Sts;

/// <summary>One Socket.IO 4 connection, over WebSocket only. Never reconnects by itself.</summary>
/// <remarks>
/// The client library does the handshake and the heartbeat. It is given one connection, no retries and a WebSocket of ours,
/// because its own reports neither a refusal nor a silent server, and can be neither cancelled nor closed.
/// </remarks>
public sealed class SocketIoTransport : IStsTransport
{
    private const int IncomingCapacity = 16;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly StsOptions _options;
    private readonly ServerSilence _silence;
    private readonly PooledWebSocket _socket;
    private readonly Library.SocketIO _library;
    private readonly string _eventPrefix;
    private readonly Channel<StsIncoming> _incoming = Channel.CreateBounded<StsIncoming>(
        new BoundedChannelOptions(IncomingCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _connecting;
    private int _disposed;

    /// <summary>Creates a connection that is not connected yet.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock for the deadline on the server's silence.</param>
    public SocketIoTransport(StsOptions options, TimeProvider time)
    {
        _options = options;
        string name = options.Namespace.TrimEnd('/');
        _eventPrefix = name.Length == 0 ? "42" : $"42{name},";
        _silence = new ServerSilence(time, limit => Close($"nothing from the server for {limit.TotalSeconds:0.#} s"));
        _socket = new PooledWebSocket(TakePacketAsync, _silence.Received, Close);
        _library = CreateLibrary(options, name);
    }

    /// <inheritdoc/>
    public ChannelReader<StsIncoming> Incoming => _incoming.Reader;

    /// <inheritdoc/>
    public Task<string> Closed => _closed.Task;

    /// <inheritdoc/>
    public long? MaxPayload { get; private set; }

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancel)
    {
        using CancellationTokenRegistration abort = cancel.Register(() => Close("given up"));
        try
        {
            _connecting = _library.ConnectAsync();
            await _connecting.ConfigureAwait(false);
            // The WebSocket is open; Socket.IO's own answer is still to come.
            await _connected.Task.WaitAsync(ConnectLimit, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            cancel.ThrowIfCancellationRequested();
            StsTransportException failure = Describe(e);
            Close(failure.Message);
            throw failure;
        }
    }

    /// <inheritdoc/>
    public async Task EmitAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        if (_closed.Task.IsCompleted || !_connected.Task.IsCompletedSuccessfully)
            throw new StsTransportException("not connected");
        try
        {
            byte[] head = Encoding.UTF8.GetBytes($"{_eventPrefix}[\"{name}\",");
            await _socket.SendAsync(head, payload, "]"u8.ToArray(), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            // Why, is for the receiving side to say: it reads what the server sent last.
            await Task.WhenAny(_socket.Receiving, Task.Delay(CloseLimit, CancellationToken.None)).ConfigureAwait(false);
            Close("the connection was lost while sending");
            throw new StsTransportException("the connection was lost while sending", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_connected.Task.IsCompletedSuccessfully && !_closed.Task.IsCompleted)
            await SayGoodbyeAsync().ConfigureAwait(false);
        Close("closed by us");
        if (_connecting is not null)
        {
            // The library throws when it is disposed of before its connect has ended; the outcome was reported by ConnectAsync.
            await _connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _socket.Receiving.ConfigureAwait(false);
            _library.Dispose();
        }
        else
        {
            _library.HttpClient.Dispose();
        }

        _socket.Dispose();
        _silence.Dispose();
        while (_incoming.Reader.TryRead(out StsIncoming? unread))
            unread.Dispose();
    }

    private Library.SocketIO CreateLibrary(StsOptions options, string name)
    {
        // The path of the library's URL is the namespace; the HTTP path is an option of its own, without its last slash.
        string server = options.Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        var library = new Library.SocketIO(new Uri(server + name), new Library.SocketIOOptions
        {
            Path = options.Path.TrimEnd('/'),
            EIO = 4,
            Transport = TransportProtocol.WebSocket,
            AutoUpgrade = false,
            Reconnection = false,
            ConnectionTimeout = ConnectLimit,
            ExtraHeaders = new Dictionary<string, string> { ["X-Stream-ID"] = options.StreamId, ["X-Worker-ID"] = options.WorkerId },
            Auth = options.ApiKey is { Length: > 0 } key ? new JsonObject { ["token"] = key } : null,
        })
        {
            JsonSerializer = new PlainJsonSerializer(),
            ClientWebSocketProvider = () => _socket,
        };
        library.OnConnected += (_, _) => _connected.TrySetResult();
        library.OnDisconnected += (_, reason) => Close(reason);
        return library;
    }

    private StsTransportException Describe(Exception e) => e switch
    {
        StsTransportException refused => refused,
        TimeoutException => new StsTransportException($"no answer to the connect to namespace {_options.Namespace} within {ConnectLimit.TotalSeconds:0} s", e),
        _ when _closed.Task.IsCompletedSuccessfully => new StsTransportException(_closed.Task.Result, e),
        OperationCanceledException => new StsTransportException($"no connection within {ConnectLimit.TotalSeconds:0} s", e),
        _ => new StsTransportException(e.InnerException is { } cause ? $"{e.Message}: {cause.Message}" : e.Message, e),
    };

    private async Task SayGoodbyeAsync()
    {
        try
        {
            await _library.DisconnectAsync().WaitAsync(CloseLimit).ConfigureAwait(false);
            await _socket.Receiving.WaitAsync(CloseLimit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The server does not answer: the abort that follows is the goodbye.
        }
    }

    private void Close(string reason)
    {
        if (!_closed.TrySetResult(reason))
            return;
        _connected.TrySetException(new StsTransportException(reason));
        _ = _connected.Task.Exception;
        _incoming.Writer.TryComplete();
        _socket.Abort();
    }

    private async ValueTask<PooledWebSocket.PacketResult> TakePacketAsync(ReadOnlyMemory<byte> packet, byte[] buffer, CancellationToken cancel)
    {
        if (packet.IsEmpty)
        {
            await DeliverAsync(StsIncoming.Broken($"a message over {PooledWebSocket.MaxMessageBytes} bytes was dropped"), cancel).ConfigureAwait(false);
            return PooledWebSocket.PacketResult.Handled;
        }

        byte type = packet.Span[0];
        byte subtype = packet.Length > 1 ? packet.Span[1] : (byte)0;
        switch ((type, subtype))
        {
            case ((byte)'0', _):
                ReadHandshake(packet[1..]);
                return PooledWebSocket.PacketResult.ForLibrary;
            case ((byte)'1', _):
                Close($"closed by the server{_socket.Suspicion()}");
                return PooledWebSocket.PacketResult.Handled;
            case ((byte)'4', (byte)'2'):
                _socket.Answered();
                return await TakeEventAsync(packet[2..], buffer, cancel).ConfigureAwait(false);
            case ((byte)'4', (byte)'4'):
                TakeRefusal(packet[2..]);
                return PooledWebSocket.PacketResult.Handled;
            case ((byte)'4', (byte)'1') when packet.Span.Contains((byte)'{'):
                await TakeFarewellAsync(packet[2..], cancel).ConfigureAwait(false);
                return PooledWebSocket.PacketResult.Handled;
            case ((byte)'4', (byte)'5' or (byte)'6'):
                await DeliverAsync(StsIncoming.Broken("a binary event: the exchange knows only JSON"), cancel).ConfigureAwait(false);
                return PooledWebSocket.PacketResult.Handled;
            default:
                return PooledWebSocket.PacketResult.ForLibrary;
        }
    }

    // A namespace and the number of a wanted acknowledgement may stand before the array; neither is of use here.
    private async ValueTask<PooledWebSocket.PacketResult> TakeEventAsync(ReadOnlyMemory<byte> packet, byte[] buffer, CancellationToken cancel)
    {
        int start = packet.Span.IndexOf((byte)'[');
        StsIncoming incoming = start < 0 ? StsIncoming.Broken("an event without data") : StsIncoming.Read(packet[start..], buffer);
        // A message that could not be read has returned the buffer already.
        await DeliverAsync(incoming, cancel).ConfigureAwait(false);
        return start < 0 ? PooledWebSocket.PacketResult.Handled : PooledWebSocket.PacketResult.Kept;
    }

    private async ValueTask DeliverAsync(StsIncoming incoming, CancellationToken cancel)
    {
        try
        {
            await _incoming.Writer.WriteAsync(incoming, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            incoming.Dispose();
        }
    }

    private void ReadHandshake(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.TryGetProperty("maxPayload", out JsonElement most) && most.TryGetInt64(out long bytes) && bytes > 0)
                MaxPayload = bytes;
            int interval = root.GetProperty("pingInterval").GetInt32();
            int timeout = root.GetProperty("pingTimeout").GetInt32();
            _silence.Begin(TimeSpan.FromMilliseconds(Math.Clamp((long)interval + timeout, 1000, 300_000)));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            Close($"the server's handshake is unreadable: {e.Message}");
        }
    }

    // python-socketio with always_connect accepts first, and refuses with this. For who reads events it is one: a refused key ends the session.
    private async ValueTask TakeFarewellAsync(ReadOnlyMemory<byte> packet, CancellationToken cancel)
    {
        string message = ConnectRefusal.Read(packet.Span);
        if (IsAboutKey(message))
        {
            var told = new JsonArray(EventNames.Error, new JsonObject { ["code"] = ErrorCodes.AuthFailed, ["message"] = message });
            await DeliverAsync(StsIncoming.Read(Encoding.UTF8.GetBytes(told.ToJsonString()), null), cancel).ConfigureAwait(false);
        }

        Close($"closed by the server: {message}");
    }

    private static bool IsAboutKey(string message) => message.Contains(ErrorCodes.AuthFailed, StringComparison.OrdinalIgnoreCase);

    private void TakeRefusal(ReadOnlyMemory<byte> packet)
    {
        string message = ConnectRefusal.Read(packet.Span);
        // Sent from inside the server's connect handler: nobody reads it as an event, the connection never was.
        while (_incoming.Reader.TryRead(out StsIncoming? early))
        {
            using (early)
            {
                if (early.Name == EventNames.Error && ServerMessageReader.Read(early.Name, early.Payload, []) is ErrorMessage error)
                    message = ConnectRefusal.Cut($"{error.Code ?? "error"}: {error.Message} ({message})");
            }
        }

        string text = $"the server refused namespace {_options.Namespace}: {message}";
        _connected.TrySetException(new StsTransportException(text, IsAboutKey(message)));
        _ = _connected.Task.Exception;
        Close(text);
    }
}
