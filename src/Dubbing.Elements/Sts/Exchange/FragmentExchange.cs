using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// The exchange itself: a state machine that is stepped by the session's loop and never waits. Not thread-safe.
/// </summary>
/// <remarks>
/// What each event does to a fragment, by its phase:
/// <code>
/// event                     | Waiting                  | Sent                               | Resolved, Decided
/// connection takes it       | Sent, holds a place      | –                                  | –
/// server's fragment:ack     | fault                    | reported                           | reported while it holds a place, else fault
/// result, in time, usable   | duplicate: fault, ack R  | dubbed, ack A                      | late: counted, ack R (a second one: fault, ack R)
/// result, in time, no audio | duplicate: fault, ack R  | fallback invalid_audio/failed, R   | late: counted, ack R
/// result, failed            | duplicate: fault, ack R  | Waiting again, once; or fallback   | late: counted, ack R
///                           |                          | failed; ack R                      |
/// result, received late     | –                        | fallback late, ack R               | late: counted, ack R
/// error naming it           | fault                    | as a failed result, without an ack | place freed
/// deadline                  | fallback: disconnected,  | fallback timeout; the place stays  | –
///                           | breaker_open or          |                                    |
///                           | backpressure             |                                    |
/// breaker opens             | fallback breaker_open    | –                                  | –
/// connection lost           | fallback disconnected    | fallback disconnected              | place freed
/// server lost the session   | – (sent after the init)  | fallback disconnected              | place freed
/// refused for good          | fallback failed          | fallback failed                    | place freed
/// </code>
/// (ack A: <c>applied</c>, ack R: <c>received</c>.) A retry keeps the fragment's id, so that all witnesses speak of the same
/// fragment, and gets the next sequence number; it is sent after the acknowledgement with which the server forgets the first
/// attempt. A result that names the first attempt's number is then a duplicate.
/// A submitted fragment falls back at once while there is no connection, except before the first attempt has ended.
/// </remarks>
internal sealed partial class FragmentExchange : IConnectionObserver
{
    private const int MostWaiting = 32;
    private const int MostAttempts = 2;
    private const string M4a = "m4a";
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CompleteLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    /// <summary>A server that was told the timeout answers long before; then its answer was lost.</summary>
    private static readonly TimeSpan ShortestSlot = TimeSpan.FromSeconds(30);

    private readonly StsOptions _options;
    private readonly IStsTransportFactory _transports;
    private readonly TimeProvider _time;
    private readonly Action<Action> _post;
    private readonly Action<StsEvent> _raise;
    private readonly FragmentLedger _ledger;
    private readonly CircuitBreaker _breaker;
    private readonly SendGate _gate;
    private readonly ReconnectDelays _delays;
    private readonly HashSet<Connection> _connections = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StsState _state = StsState.Connecting;
    private Connection? _connection;
    private bool _connected;
    private bool _lost;
    private bool _wasReady;
    private (int Rate, int Channels)? _format;
    private (int Rate, int Channels) _announced;
    private int _maxInflight;
    private int _nextSequence;
    private string _handshakeError = "";
    private string? _pauseReason;
    private string? _endReason;
    private bool _endSent;
    private long? _reconnectAt;
    private long? _readyBy;
    private long? _endBy;
    private long? _completeBy;
    private StsSnapshot _counts = new();

    public FragmentExchange(
        StsOptions options, IStsTransportFactory transports, TimeProvider time, Func<double> random, Action<Action> post, Action<StsEvent> raise)
    {
        _options = options;
        _transports = transports;
        _time = time;
        _post = post;
        _raise = raise;
        _ledger = new FragmentLedger(OnDecided);
        _breaker = new CircuitBreaker(time, options.BreakerThreshold, TimeSpan.FromMilliseconds(options.BreakerTimeoutMs));
        _gate = new SendGate(time);
        _delays = new ReconnectDelays(random);
        _maxInflight = options.MaxInflight;
    }

    /// <summary>Completes when the stream has ended or failed and nothing of it is left.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The state is final and every connection has gone.</summary>
    public bool IsOver => IsFinal && _connections.Count == 0;

    public StsSnapshot Snapshot => _counts with
    {
        State = _state,
        Connected = _connected,
        Undecided = _ledger.Open.Count,
        Waiting = _ledger.Waiting.Count,
        Inflight = _ledger.Inflight.Count,
        MaxInflight = _maxInflight,
        Breaker = _breaker.State,
        BreakerFailures = _breaker.Failures,
    };

    private bool IsFinal => _state is StsState.Ended or StsState.Failed;

    public void Start()
    {
        if (!IsFinal && _connection is null && _reconnectAt is null)
            Connect();
    }

    public void Submit(Fragment fragment)
    {
        _counts = _counts with { Submitted = _counts.Submitted + 1 };
        string? fault = _ledger.Find(fragment.Id) is null ? FaultOf(fragment) : "has an id that was used before";
        TrackedFragment tracked = _ledger.Add(fragment);
        if (fault is not null)
        {
            Fault(EventNames.FragmentData, $"fragment {fragment.Id} {fault}");
            FallBack(tracked, FallbackReason.Failed);
        }
        else if (_state == StsState.Failed)
            FallBack(tracked, FallbackReason.Failed);
        else if (IsShort(fragment))
            FallBack(tracked, FallbackReason.Short);
        else if (_endReason is not null || IsFinal || (_lost && !_connected))
            FallBack(tracked, FallbackReason.Disconnected);
        else
            Expect(fragment);
    }

    /// <summary>Asks the server to pause; nothing is sent until <see cref="Resume"/>.</summary>
    public void Pause(string reason)
    {
        if (_pauseReason is null && _state == StsState.Ready)
            Notify(EventNames.StreamPause, reason);
        _pauseReason ??= reason;
    }

    /// <summary>Ends a pause.</summary>
    public void Resume(string reason)
    {
        if (_pauseReason is not null && _state == StsState.Ready)
            Notify(EventNames.StreamResume, reason);
        _pauseReason = null;
    }

    public void End(string reason, TimeSpan timeout)
    {
        if (_endReason is not null || IsFinal)
            return;
        _endReason = reason;
        _endBy = _time.GetTimestamp() + _time.Ticks(timeout);
    }

    /// <summary>Gives everything up at once.</summary>
    public void Abort()
    {
        if (!IsFinal)
            Finish(StsState.Ended, "given up", FallbackReason.Disconnected, TimeSpan.Zero);
        foreach (Connection connection in _connections)
            connection.Close(TimeSpan.Zero);
    }

    /// <summary>Does what is due, then what has become possible. Called after every step.</summary>
    /// <returns>When to call again at the latest; null if only an event changes anything.</returns>
    public long? Advance()
    {
        long now = _time.GetTimestamp();
        if (_breaker.Advance(now))
            RaiseBreaker();
        CountTimeouts(now);
        FallBackDue(now);
        AdvanceLink(now);
        SendWaiting(now);
        _ledger.Report(now);
        AdvanceEnd(now);
        if (IsOver)
            _ended.TrySetResult();
        return NextDue(now);
    }

    private void OnDecided(FragmentDecision decision)
    {
        _counts = decision.Outcome == Outcome.Dubbed
            ? _counts with { Dubbed = _counts.Dubbed + 1 }
            : _counts with { Fallback = _counts.Fallback + 1 };
        _raise(new FragmentDecided(decision));
    }

    private long? NextDue(long now)
    {
        long? due = null;
        void Consider(long? at)
        {
            if (at is { } moment && (due is null || moment < due))
                due = moment;
        }

        foreach (TrackedFragment tracked in _ledger.Open)
            Consider(tracked.Fragment.Deadline);
        foreach (TrackedFragment tracked in _ledger.Inflight)
        {
            Consider(tracked.TimeoutAt);
            Consider(tracked.SlotUntil);
        }

        if (_ledger.Waiting.Count > 0 && _gate.NextChange is { } change && change > now)
            Consider(change);
        Consider(_breaker.HalfOpenAt);
        Consider(_reconnectAt);
        Consider(_readyBy);
        Consider(_endSent ? _completeBy : _endBy);
        return due;
    }

    private TimeSpan Timeout => TimeSpan.FromMilliseconds(_options.TimeoutMs);

    private long UnixMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private void RaiseBreaker() => _raise(new BreakerChanged(_breaker.State, _breaker.Failures));

    private void Fault(string what, string detail)
    {
        _counts = _counts with { Faults = _counts.Faults + 1 };
        _raise(new ProtocolFault(what, detail));
    }
}
