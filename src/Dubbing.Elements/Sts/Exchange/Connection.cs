using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// One attempt to connect and what follows: its tasks connect, encode and write, read and decode, so that the session's
/// loop does none of it. What happens is posted to the loop, naming this connection; the loop ignores one it has given up.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Cancellation source and semaphore hold nothing native here; their last use is on other tasks.")]
internal sealed class Connection : IConnection
{
    /// <summary>Results of up to 10 MB that were decoded and wait for the loop.</summary>
    private const int DecodedAhead = 8;
    private const int QueuedEvents = 256;
    private const int MaxName = 100;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly Func<IStsTransport> _create;
    private readonly TimeProvider _time;
    private readonly Action<Action> _post;
    private readonly IConnectionObserver _observer;
    private readonly CancellationTokenSource _cancel = new();
    private readonly SemaphoreSlim _room = new(DecodedAhead, DecodedAhead);
    private readonly Channel<Outgoing> _outgoing = Channel.CreateBounded<Outgoing>(
        new BoundedChannelOptions(QueuedEvents) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    // When each message came that the loop has not been told of yet.
    private readonly ConcurrentQueue<long> _unread = new();

    private IStsTransport? _transport;

    /// <summary>Creates the connection; <see cref="Open"/> starts it.</summary>
    public Connection(Func<IStsTransport> create, TimeProvider time, Action<Action> post, IConnectionObserver observer)
    {
        _create = create;
        _time = time;
        _post = post;
        _observer = observer;
    }

    /// <inheritdoc/>
    public long? MaxPayload => Volatile.Read(ref _transport)?.MaxPayload;

    /// <inheritdoc/>
    public long? UnreadSince => _unread.TryPeek(out long since) ? since : null;

    /// <inheritdoc/>
    public void Open() => _ = Task.Run(RunAsync);

    /// <inheritdoc/>
    public bool Send<T>(string name, T payload, JsonTypeInfo<T> type, int size, Action? written = null) =>
        _outgoing.Writer.TryWrite(new Outgoing(name, size, writer => JsonSerializer.Serialize(writer, payload, type), written));

    /// <inheritdoc/>
    public void Close(TimeSpan flush)
    {
        _outgoing.Writer.TryComplete();
        if (flush > TimeSpan.Zero)
            _cancel.CancelAfter(flush);
        else
            _cancel.Cancel();
    }

    private async Task RunAsync()
    {
        string reason;
        bool authenticationRefused = false;
        try
        {
            reason = await ConnectAndExchangeAsync().ConfigureAwait(false);
        }
        catch (StsTransportException e)
        {
            reason = e.Message;
            authenticationRefused = e.AuthenticationRefused;
        }
        catch (OperationCanceledException)
        {
            reason = "closed by us";
        }
        catch (Exception e)
        {
            // A fault of ours must cost the connection, not the session.
            reason = $"internal error: {e.GetType().Name}: {e.Message}";
        }

        _post(() => _observer.OnClosed(this, reason, authenticationRefused));
    }

    private async Task<string> ConnectAndExchangeAsync()
    {
        IStsTransport transport = _create();
        Volatile.Write(ref _transport, transport);
        await using (transport.ConfigureAwait(false))
        {
            await ConnectAsync(transport).ConfigureAwait(false);
            _post(() => _observer.OnConnected(this));
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_cancel.Token);
            Task reading = ReadAsync(transport);
            Task writing = WriteAsync(transport, ended.Token);
            // The reading ends with the transport, the writing when the loop has closed the queue.
            await Task.WhenAny(reading, writing).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await transport.DisposeAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            string reason = await transport.Closed.ConfigureAwait(false);
            return writing.Exception?.InnerException is { } failure and not StsTransportException ? failure.Message : reason;
        }
    }

    private async Task ConnectAsync(IStsTransport transport)
    {
        using var limit = new CancellationTokenSource(ConnectLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _cancel.Token);
        try
        {
            await transport.ConnectAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_cancel.IsCancellationRequested)
        {
            throw new StsTransportException($"no connection within {ConnectLimit.TotalSeconds:0} s");
        }
    }

    private async Task WriteAsync(IStsTransport transport, CancellationToken cancel)
    {
        while (await _outgoing.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            while (_outgoing.Reader.TryRead(out Outgoing? next))
                await WriteAsync(transport, next, cancel).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(IStsTransport transport, Outgoing next, CancellationToken cancel)
    {
        using var buffer = new PooledBuffer(next.Size);
        using (var writer = new Utf8JsonWriter(buffer))
            next.Write(writer);
        await transport.EmitAsync(next.Name, buffer.Written, cancel).ConfigureAwait(false);
        if (next.Written is not null)
            _post(next.Written);
    }

    private async Task ReadAsync(IStsTransport transport)
    {
        await foreach (StsIncoming incoming in transport.Incoming.ReadAllAsync().ConfigureAwait(false))
        {
            using (incoming)
            {
                long receivedAt = _time.GetTimestamp();
                _unread.Enqueue(receivedAt);
                var faults = new List<string>();
                if (incoming.Fault is { } fault)
                    faults.Add(fault);
                ServerMessage? message = incoming.Fault is null ? ServerMessageReader.Read(incoming.Name, incoming.Payload, faults) : null;
                string name = incoming.Name switch
                {
                    "" => "message",
                    { Length: > MaxName } overlong => overlong[..MaxName],
                    var whole => whole,
                };
                // What the server sends must not pile up in front of the loop.
                await _room.WaitAsync().ConfigureAwait(false);
                _post(() =>
                {
                    _room.Release();
                    _unread.TryDequeue(out _);
                    _observer.OnReceived(this, name, message, faults, receivedAt);
                });
            }
        }
    }

    private sealed record Outgoing(string Name, int Size, Action<Utf8JsonWriter> Write, Action? Written);
}
