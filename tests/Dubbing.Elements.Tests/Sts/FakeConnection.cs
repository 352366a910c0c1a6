using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dubbing.Elements.Sts.Exchange;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>A connection that keeps what is sent.</summary>
internal sealed class FakeConnection(TimeProvider time) : IConnection
{
    private readonly Queue<Action> _written = new();
    private bool _closed;

    public long? MaxPayload => null;

    public long? UnreadSince { get; set; }

    public bool IsOpen { get; private set; }

    public List<(string Name, JsonElement Payload, long At)> Sent { get; } = [];

    public void Open() => IsOpen = true;

    public bool Send<T>(string name, T payload, JsonTypeInfo<T> type, int size, Action? written = null)
    {
        Assert.True(IsOpen);
        Sent.Add((name, JsonSerializer.SerializeToElement(payload, type), time.GetTimestamp()));
        if (written is not null)
            _written.Enqueue(written);
        return true;
    }

    public void Close(TimeSpan flush)
    {
        _closed |= IsOpen;
        IsOpen = false;
    }

    /// <summary>The other side ends it.</summary>
    public void Drop() => IsOpen = false;

    public Action? TakeWritten() => _written.TryDequeue(out Action? written) ? written : null;

    /// <summary>It was closed since the last call.</summary>
    public bool TakeClosed()
    {
        bool closed = _closed;
        _closed = false;
        return closed;
    }
}
