using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// The exchange itself: a state machine that is stepped by the session's loop and never waits. Not thread-safe.
/// </summary>
/// <remarks>
/// A fragment's states, and what every event does in each. <c>A</c> and <c>R</c>: its result is acknowledged as <c>applied</c> or
/// <c>received</c>. <c>=</c>: nothing happens to it. After Decided or Overdue: what is played, or why the fallback.
/// <code>
/// Waiting    not sent yet                         Resolved   what plays is known, fragments before it are not decided
/// Sent       handed over, no result yet           Overdue    decided, but it holds a place: the server still works on it
/// Again      failed once, to be sent once more    Decided    decided, holds no place
/// Resent     handed over for the second time
///
/// event                   | Waiting                        | Sent                    | Again                          | Resent                  | Resolved                 | Overdue   | Decided
/// the one before answered | Sent                           | =                       | =                              | =                       | Decided dubbed           | =         | =
/// backpressure none       | =                              | =                       | =                              | =                       | =                        | =         | =
/// 250 ms later            | =                              | =                       | Resent                         | =                       | =                        | =         | =
/// backpressure pause      | =                              | =                       | =                              | =                       | =                        | =         | =
/// fragment:ack            | = (fault)                      | =                       | =                              | =                       | =                        | =         | =
/// result with audio       | = R (fault)                    | Decided dubbed A        | = R (fault)                    | Decided dubbed A        | = R (fault)              | Decided R | = R (fault)
/// result of 1st attempt   | = R (fault)                    | Decided dubbed A        | = R (fault)                    | = R (fault)             | = R (fault)              | Decided R | = R (fault)
/// result without audio    | = R (fault)                    | Decided invalid_audio R | = R (fault)                    | Decided invalid_audio R | = R (fault)              | Decided R | = R (fault)
/// result, may pass        | = R (fault)                    | Again R                 | = R (fault)                    | Decided failed R        | = R (fault)              | Decided R | = R (fault)
/// result, will not pass   | = R (fault)                    | Decided failed R        | = R (fault)                    | Decided failed R        | = R (fault)              | Decided R | = R (fault)
/// result after deadline   | Decided backpressure R (fault) | Decided late R          | Decided backpressure R (fault) | Decided late R          | Decided dubbed R (fault) | Decided R | = R (fault)
/// error, may pass         | = (fault)                      | Again                   | = (fault)                      | Decided failed          | =                        | Decided   | =
/// error, will not pass    | = (fault)                      | Decided failed          | = (fault)                      | Decided failed          | =                        | Decided   | =
/// deadline                | Decided backpressure           | Overdue timeout         | Overdue timeout                | Overdue timeout         | Decided dubbed           | =         | =
/// sent + timeout          | =                              | = (breaker counts)      | Resent                         | = (breaker counts)      | =                        | =         | =
/// breaker opens           | Resolved                       | =                       | Decided breaker_open           | =                       | =                        | =         | =
/// connection lost         | Decided disconnected           | Decided disconnected    | Decided disconnected           | Decided disconnected    | Decided dubbed           | Decided   | =
/// server lost the session | =                              | Decided disconnected    | =                              | Decided disconnected    | Decided dubbed           | Decided   | =
/// refused for good        | Decided failed                 | Decided failed          | Decided failed                 | Decided failed          | Decided dubbed           | Decided   | =
/// our pause               | =                              | =                       | =                              | =                       | =                        | =         | =
/// end, no time left       | Decided backpressure           | Overdue timeout         | Decided backpressure           | Overdue timeout         | Decided dubbed           | =         | =
/// given up                | Decided disconnected           | Decided disconnected    | Decided disconnected           | Decided disconnected    | Decided dubbed           | Decided   | =
/// place held for too long | Decided backpressure           | Decided timeout         | Overdue timeout                | Decided timeout         | Decided dubbed           | Decided   | =
/// </code>
/// (Waiting: for a place that a fragment before it holds; Again: for 250 ms, and longer in a pause of the server's. The reason at the deadline says what
/// was missing: <c>disconnected</c>, <c>breaker_open</c>, else <c>backpressure</c>.) Decisions are made known in the order of submission,
/// in one place, <see cref="FragmentLedger.Report"/>; a deadline decides the fragments before it, too, and waits for a message that came before it
/// and is still being read, for 100 ms at most. A retry keeps the
/// fragment's id, so that all witnesses speak of the same fragment, and gets the next sequence number; it is sent after the
/// acknowledgement with which the server forgets the first attempt, and after what else the server has to say of the failure.
/// An error that names no fragment is about the only one that a server which acknowledges fragments has not acknowledged, where there is just one.
/// Two sequence numbers in a row that the server does not expect, and silence in which the circuit breaker opened and its probe was lost, count as a lost
/// connection: only another session ends them.
/// A submitted fragment falls back at once while there is no connection, except before the first attempt has ended.
/// </remarks>
internal sealed partial class FragmentExchange : IConnectionObserver
{
    /// <summary>So long a message may take from the network to here and still be in time. Playout has more to spare.</summary>
    private static readonly TimeSpan Unread = TimeSpan.FromMilliseconds(100);

    private const int MostUndecided = 64;
    private const int MostAttempts = 2;
    private const int MostMisnumbered = 2;
    private const int LongestText = 1000;
    private const string M4a = "m4a";
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CompleteLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    /// <summary>A server that was told the timeout answers long before; then its answer was lost.</summary>
    private static readonly TimeSpan ShortestSlot = TimeSpan.FromSeconds(30);

    private readonly StsOptions _options;
    private readonly Func<IConnectionObserver, IConnection> _connect;
    private readonly TimeProvider _time;
    private readonly Action<StsEvent> _raise;
    private readonly FragmentLedger _ledger;
    private readonly CircuitBreaker _breaker;
    private readonly SendGate _gate;
    private readonly ReconnectDelays _delays;
    private readonly EventRate _faults, _errors, _loads;
    private readonly HashSet<IConnection> _connections = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StsState _state = StsState.Connecting;
    private IConnection? _connection;
    private bool _connected;
    private bool _lost;
    private bool _wasReady;
    private (int Rate, int Channels)? _format;
    private (int Rate, int Channels) _announced;
    private int _maxInflight;
    private int _nextSequence;
    private string _handshakeError = "";

    // Of this session: numbers in a row that were refused, the last of them, and whether the server acknowledges fragments.
    private int _misnumbered;
    private int? _lastMisnumbered;
    private bool _acknowledges;

    // Of this session: timeouts since its last result.
    private int _silence;
    private string? _pauseReason;
    private string? _endReason;
    private bool _endSent;
    private long? _reconnectAt;
    private long? _readyBy;
    private long? _endBy;
    private long? _completeBy;
    private StsSnapshot _counts = new();

    /// <summary>Creates the exchange; nothing happens until <see cref="Start"/>.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="connect">Makes a connection that tells the observer what happens, on the thread that steps the exchange.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">From 0 to 1, spreads the reconnect delays.</param>
    /// <param name="raise">Told of everything that happens. Must not throw.</param>
    public FragmentExchange(
        StsOptions options, Func<IConnectionObserver, IConnection> connect, TimeProvider time, Func<double> random, Action<StsEvent> raise)
    {
        _options = options;
        _connect = connect;
        _time = time;
        _raise = raise;
        _ledger = new FragmentLedger(OnDecided);
        _breaker = new CircuitBreaker(time, options.BreakerThreshold, TimeSpan.FromMilliseconds(options.BreakerTimeoutMs));
        _gate = new SendGate(time);
        _delays = new ReconnectDelays(random);
        (_faults, _errors, _loads) = (new EventRate(time), new EventRate(time), new EventRate(time));
        _maxInflight = options.MaxInflight;
    }

    /// <summary>Completes when the stream has ended or failed and nothing of it is left.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The state is final and every connection has gone.</summary>
    public bool IsOver => IsFinal && _connections.Count == 0;

    /// <summary>A message has come and is still being read.</summary>
    public bool HasUnread => _connection?.UnreadSince is not null;

    /// <summary>Fragments that a result can still name.</summary>
    public int Known => _ledger.Known;

    /// <summary>What has become of a fragment so far; null if it is unknown or forgotten.</summary>
    public TrackedFragment? Find(string id) => _ledger.Find(id);

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
        // Also without a connection: the next one's handshake says what the stream carries.
        if (fault is null)
            _format = FormatOf(fragment);
        TrackedFragment tracked = _ledger.Add(fragment);
        if (_ledger.Open.Count > MostUndecided)
            FallBack(_ledger.Open[0], ReasonAtDeadline(_ledger.Open[0]));
        if (fault is not null)
        {
            Fault(EventNames.FragmentData, $"fragment {fragment.Id} {fault}");
            FallBack(tracked, FallbackReason.Failed);
        }
        else if (_state == StsState.Failed)
            FallBack(tracked, FallbackReason.Failed);
        else if (fragment.Duration < (ulong)_options.ShortestFragment.TotalNanoseconds)
            FallBack(tracked, FallbackReason.Short);
        else if (_endReason is not null || IsFinal || (_lost && !_connected))
            FallBack(tracked, FallbackReason.Disconnected);
        else
            InitializeOnce();
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
        foreach (IConnection connection in _connections)
            connection.Close(TimeSpan.Zero);
    }

    /// <summary>Does what is due, then what has become possible. Called after every step.</summary>
    /// <returns>When to call again at the latest; null if only an event changes anything.</returns>
    public long? Advance()
    {
        long now = _time.GetTimestamp();
        if (_breaker.Advance(now))
            RaiseBreaker();
        long asOf = DeadlinesAsOf(now);
        CountTimeouts(asOf);
        FallBackDue(asOf);
        AdvanceLink(now);
        SendWaiting(now);
        _ledger.Report();
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

        // What is over waits for a message that is about to be told.
        long? NotOver(long? at) => at <= now ? now + _time.Ticks(Unread) : at;
        foreach (TrackedFragment tracked in _ledger.Open)
            Consider(NotOver(tracked.Fragment.Deadline));
        foreach (TrackedFragment tracked in _ledger.Inflight)
        {
            Consider(NotOver(tracked.TimeoutAt));
            Consider(NotOver(tracked.SlotUntil));
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
        if (_faults.Take() is { } more)
            _raise(new ProtocolFault(what, detail) { More = more });
    }
}
