using System.Globalization;
using System.Text.Json;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>An exchange to which things happen, and the server's own account of it.</summary>
internal sealed class FakeStream
{
    /// <summary>For how long a place counts as held at the most.</summary>
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, long> _held = [];
    private FakeConnection? _link;
    private int _read;
    private int _nextSequence;
    private int _confirmed = 1;
    private bool _ready;

    public ExchangeHarness Harness { get; } = new();

    public List<Fragment> Submitted { get; } = [];

    /// <summary>Results that were delivered, and acknowledgements that came for them.</summary>
    public (int Results, int Acks) Acknowledged { get; private set; }

    public void Start()
    {
        Harness.Step(Harness.Exchange.Start);
        Serve();
    }

    public void Apply(Happening happening)
    {
        Fragment? fragment = Submitted.Count == 0 ? null : Submitted[Math.Max(0, Submitted.Count - 1 - happening.Back)];
        switch (happening.Kind)
        {
            case Kind.Submit:
                // Some deadlines come before those of earlier fragments: the input's timestamps stepped back.
                Submitted.Add(Harness.Submit(0.1 + happening.Amount / 70.0, 1000 + happening.Amount));
                break;
            case Kind.Run:
                Harness.Run(TimeSpan.FromMilliseconds(happening.Amount * 3));
                break;
            case Kind.Step:
                // The machine slept.
                Harness.Jump(TimeSpan.FromSeconds(happening.Amount));
                Harness.Run(TimeSpan.Zero);
                break;
            case Kind.Lost:
                Harness.Close("lost");
                break;
            case Kind.Hold:
                Harness.Step(() => Harness.Exchange.Pause("test"));
                break;
            case Kind.Release:
                Harness.Step(() => Harness.Exchange.Resume("test"));
                break;
            default:
                if (Harness.Link.IsOpen && fragment is not null)
                    Say(happening, fragment);
                break;
        }

        Serve();
    }

    private void Say(Happening happening, Fragment fragment)
    {
        switch (happening.Kind)
        {
            case Kind.Late:
                Harness.Jump(TimeSpan.FromMilliseconds(happening.Amount * 10));
                goto case Kind.Success;
            case Kind.Success:
                Result(fragment, "success", ""","dubbed_audio":{"data_base64":"AQID"}""");
                break;
            case Kind.Partial:
                Result(fragment, "partial", "");
                break;
            case Kind.Transient:
                Result(fragment, "failed", ""","error":{"code":"GPU_OOM","retryable":true}""");
                break;
            case Kind.Permanent:
                Result(fragment, "failed", ""","error":{"code":"MALFORMED_DATA"}""");
                break;
            case Kind.Garbage:
                Result(fragment, "done", ""","dubbed_audio":7,"transcript":{}""");
                break;
            case Kind.Ack:
                Harness.Receive("fragment:ack", $$"""{"fragment_id":"{{fragment.Id}}","status":"queued"}""");
                break;
            case Kind.Error:
                _held.Remove(fragment.Id);
                Harness.Receive("error", $$"""{"code":"QUEUE_FULL","severity":"error","fragment_id":"{{fragment.Id}}"}""");
                break;
            case Kind.Forgotten:
                Harness.Receive("error", """{"code":"STREAM_NOT_FOUND","severity":"error"}""");
                break;
            case Kind.Pause:
                Harness.Receive("backpressure", $$"""{"action":"pause","recommended_delay_ms":{{happening.Amount * 20}}}""");
                break;
            case Kind.SlowDown:
                Harness.Receive("backpressure", $$"""{"action":"slow_down","recommended_delay_ms":{{happening.Amount}}}""");
                break;
            default:
                Harness.Receive("backpressure", """{"action":"none"}""");
                break;
        }
    }

    private void Result(Fragment fragment, string status, string rest)
    {
        if (!_ready)
            return;
        Acknowledged = (Acknowledged.Results + 1, Acknowledged.Acks);
        // The acknowledgement frees the place, and it is sent before anything else.
        _held.Remove(fragment.Id);
        Harness.Receive("fragment:processed", $$"""{"fragment_id":"{{fragment.Id}}","status":"{{status}}"{{rest}}}""");
    }

    /// <summary>Accepts connections and streams, and checks what is sent.</summary>
    private void Serve()
    {
        while (true)
        {
            if (Harness.Link != _link)
            {
                _link = Harness.Link;
                _read = 0;
                _ready = false;
                Harness.Open();
            }
            else if (_read < _link.Sent.Count)
                Take(_link.Sent[_read++]);
            else
                return;
        }
    }

    private void Take((string Name, JsonElement Payload, long At) sent)
    {
        switch (sent.Name)
        {
            case "stream:init":
                _held.Clear();
                _nextSequence = 0;
                _confirmed = 1 + (Submitted.Count % 3);
                _ready = true;
                Harness.Ready(_confirmed);
                break;
            case "fragment:ack":
                Acknowledged = (Acknowledged.Results, Acknowledged.Acks + 1);
                break;
            case "fragment:data":
                Assert.True(_ready, "a fragment before stream:ready");
                Assert.Equal(_nextSequence++, sent.Payload.GetProperty("sequence_number").GetInt32());
                foreach (string forgotten in _held.Where(held => held.Value + Slot.Ticks <= sent.At).Select(held => held.Key).ToArray())
                    _held.Remove(forgotten);
                _held[sent.Payload.GetProperty("fragment_id").GetString()!] = sent.At;
                Assert.True(_held.Count <= _confirmed, string.Create(CultureInfo.InvariantCulture, $"{_held.Count} in flight, {_confirmed} confirmed"));
                break;
        }
    }
}
