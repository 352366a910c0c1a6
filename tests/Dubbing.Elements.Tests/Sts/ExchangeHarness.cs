using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dubbing.Elements.Sts;
using Dubbing.Elements.Sts.Exchange;
using Dubbing.Elements.Sts.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>The exchange itself, without threads: stepped by the test on a clock of the test's own.</summary>
internal sealed class ExchangeHarness
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private readonly List<FakeConnection> _connections = [];
    private long? _due;
    private long _index;

    public ExchangeHarness(Func<StsOptions, StsOptions>? change = null)
    {
        var options = new StsOptions { Url = new Uri("http://127.0.0.1:1"), StreamId = "demo", WorkerId = "worker-1" };
        Exchange = new FragmentExchange(change?.Invoke(options) ?? options, Connect, Time, () => 0.5, Events.Add);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FragmentExchange Exchange { get; }

    public List<StsEvent> Events { get; } = [];

    /// <summary>The last connection that the exchange asked for.</summary>
    public FakeConnection Link => _connections[^1];

    public IEnumerable<FragmentDecision> Decisions => Events.OfType<FragmentDecided>().Select(decided => decided.Decision);

    public void Step(Action action)
    {
        action();
        Settle();
    }

    /// <summary>The clock runs, and the exchange is called whenever it wanted to be.</summary>
    public void Run(TimeSpan span)
    {
        long target = Time.GetTimestamp() + span.Ticks;
        while (_due is { } due && due <= target)
        {
            Time.Advance(due > Time.GetTimestamp() ? TimeSpan.FromTicks(due - Time.GetTimestamp()) : Millisecond);
            Settle();
        }

        if (target > Time.GetTimestamp())
            Time.Advance(TimeSpan.FromTicks(target - Time.GetTimestamp()));
        Settle();
    }

    /// <summary>The clock steps, and the exchange has not been called yet.</summary>
    public void Jump(TimeSpan span) => Time.Advance(span);

    public Fragment Submit(double deadlineSeconds = 8.5, int durationMs = 6000)
    {
        long index = _index++;
        var fragment = new Fragment
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{index:d12}"),
            Index = index,
            StartTime = (ulong)index * 6_000_000_000,
            Duration = (ulong)durationMs * 1_000_000,
            Image = new ReadOnlySequence<byte>(new byte[] { 9, 8, 7 }),
            SampleRate = 48000,
            Channels = 2,
            Deadline = Time.GetTimestamp() + TimeSpan.FromSeconds(deadlineSeconds).Ticks,
        };
        Step(() => Exchange.Submit(fragment));
        return fragment;
    }

    public void Open() => Step(() => Exchange.OnConnected(Link));

    public void Close(string reason)
    {
        Link.Drop();
        Step(() => Exchange.OnClosed(Link, reason, authenticationRefused: false));
    }

    public void Ready(int confirmed) => Receive("stream:ready", $$"""{"stream_id":"demo","max_inflight":{{confirmed}}}""");

    /// <summary>The server sends an event.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="json">Its payload.</param>
    /// <param name="receivedAt">When it came; null: now.</param>
    public void Receive(string name, string json, long? receivedAt = null)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var faults = new List<string>();
        ServerMessage? message = ServerMessageReader.Read(name, document.RootElement, faults);
        Step(() => Exchange.OnReceived(Link, name, message, faults, receivedAt ?? Time.GetTimestamp()));
    }

    private FakeConnection Connect(IConnectionObserver observer)
    {
        _connections.Add(new FakeConnection(Time));
        return Link;
    }

    private void Settle()
    {
        _due = Exchange.Advance();
        while (_connections.Count > 0 && Link.TakeWritten() is { } written)
        {
            written();
            _due = Exchange.Advance();
        }

        foreach (FakeConnection closed in _connections.Where(connection => connection.TakeClosed()))
            Exchange.OnClosed(closed, "closed by us", authenticationRefused: false);
    }
}
