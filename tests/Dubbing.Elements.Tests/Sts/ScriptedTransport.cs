using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>The far end in memory: what the session emits can be awaited, what it receives is pushed.</summary>
internal sealed class ScriptedTransport(ScriptedServer server) : IStsTransport
{
    private readonly Channel<StsIncoming> _incoming = Channel.CreateUnbounded<StsIncoming>();
    private readonly Channel<(string Name, JsonElement Payload)> _emitted = Channel.CreateUnbounded<(string, JsonElement)>();
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelReader<StsIncoming> Incoming => _incoming.Reader;

    public Task<string> Closed => _closed.Task;

    public long? MaxPayload => server.MaxPayload;

    /// <summary>When set, writes don't complete until it does.</summary>
    public Task? Stalled { get; set; }

    public Task ConnectAsync(CancellationToken cancel) => server.Accept(cancel);

    public async Task EmitAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        if (_closed.Task.IsCompleted)
            throw new StsTransportException("not connected");
        using JsonDocument document = JsonDocument.Parse(payload.ToArray());
        _emitted.Writer.TryWrite((name, document.RootElement.Clone()));
        if (Stalled is { } stalled)
            await stalled.WaitAsync(cancel);
    }

    public void Push(string name, string payload) => PushRaw($"[\"{name}\",{payload}]");

    public void PushRaw(string array) => _incoming.Writer.TryWrite(StsIncoming.Read(Encoding.UTF8.GetBytes(array), null));

    public void Drop(string reason)
    {
        _closed.TrySetResult(reason);
        _incoming.Writer.TryComplete();
    }

    /// <summary>The next event that the session sends, which must have that name.</summary>
    public async Task<JsonElement> ExpectAsync(string name)
    {
        (string actual, JsonElement payload) = await _emitted.Reader.ReadAsync().AsTask().WaitAsync(ScriptedServer.Limit);
        Assert.Equal(name, actual);
        return payload;
    }

    public ValueTask DisposeAsync()
    {
        Drop("closed by us");
        return ValueTask.CompletedTask;
    }
}
