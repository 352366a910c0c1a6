using System.Threading.Channels;
using Dubbing.Elements.Sts.Exchange;

namespace Dubbing.Elements.Sts;

/// <summary>
/// One stream's exchange with the STS server: fragments go in, and for each of them exactly one decision comes out, at the
/// latest at its deadline, whatever the server does.
/// </summary>
/// <remarks>
/// All members are safe to call from any thread and none blocks. All state lives on one loop that never waits for the
/// network: connecting, encoding, writing, reading and decoding are tasks beside it, and what the server sends is let in
/// only as fast as the loop takes it.
/// </remarks>
public sealed class StsSession : IAsyncDisposable
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>Timers have a greatest span; a deadline beyond it is looked at again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>What could not be done because of a fault of ours is tried again.</summary>
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Action<StsEvent> _onEvent;
    private readonly FragmentExchange _exchange;
    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ITimer _timer;
    private readonly Task _loop;
    private StsSnapshot _snapshot;
    private Exception? _stepFault;
    private bool _disposing;
    private TaskCompletionSource? _settled;

    /// <summary>Creates a session that does nothing until <see cref="Start"/>.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="transports">Makes the connections.</param>
    /// <param name="time">The clock of deadlines, delays and timestamps.</param>
    /// <param name="onEvent">Called on the session's loop, in order. Must not block; may call any member but must not wait for
    /// one. What it throws comes out of <see cref="DisposeAsync"/>.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message names every fault.</exception>
    public StsSession(StsOptions options, IStsTransportFactory transports, TimeProvider time, Action<StsEvent> onEvent)
        : this(options, transports, time, onEvent, Random.Shared.NextDouble)
    {
    }

    /// <summary>Creates a session whose reconnect delays are spread by <paramref name="random"/>, from 0 to 1.</summary>
    internal StsSession(
        StsOptions options, IStsTransportFactory transports, TimeProvider time, Action<StsEvent> onEvent, Func<double> random)
    {
        if (options.Validate() is { } faults)
            throw new ArgumentException(faults, nameof(options));
        _time = time;
        _onEvent = onEvent;
        _exchange = new FragmentExchange(
            options, observer => new Connection(() => transports.Create(options), time, Post, observer), time, random, Raise);
        _snapshot = _exchange.Snapshot;
        _timer = time.CreateTimer(
            static state => ((StsSession)state!).Post(static () => { }), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The exchange as of its last step.</summary>
    public StsSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Begins to connect. Without effect the second time.</summary>
    public void Start() => Post(_exchange.Start);

    /// <summary>Hands a fragment in. Exactly one <see cref="FragmentDecided"/> follows, at the latest at its deadline.</summary>
    /// <param name="fragment">The fragment; its image must not change until it is decided.</param>
    /// <exception cref="ObjectDisposedException">The session is gone.</exception>
    public void Submit(Fragment fragment) =>
        ObjectDisposedException.ThrowIf(!_inbox.Writer.TryWrite(() => _exchange.Submit(fragment)), this);

    /// <summary>Tells the server that the input pauses; fragments wait, up to their deadlines, until <see cref="Resume"/>.</summary>
    public void Pause(string reason) => Post(() => _exchange.Pause(reason));

    /// <summary>Ends a pause.</summary>
    public void Resume(string reason) => Post(() => _exchange.Resume(reason));

    /// <summary>
    /// Ends the stream: waits for the outstanding decisions, exchanges <c>stream:end</c> and <c>stream:complete</c> (at most
    /// 5 s) and closes the connection. Fragments submitted from now on fall back at once. Idempotent: later calls
    /// wait for the first.
    /// </summary>
    /// <param name="reason">Told to the server.</param>
    /// <param name="timeout">How long outstanding fragments may take; then they fall back.</param>
    public async Task EndAsync(string reason, TimeSpan timeout)
    {
        Post(() => _exchange.End(reason, timeout));
        await Task.WhenAny(_exchange.Ended, _loop).ConfigureAwait(false);
    }

    /// <summary>Gives up what is not decided yet, closes the connection and ends the loop.</summary>
    /// <exception cref="AggregateException">The event handler threw, at some time, or a step of the loop did.</exception>
    public async ValueTask DisposeAsync()
    {
        Post(() =>
        {
            _disposing = true;
            _exchange.Abort();
        });
        await _loop.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _stepFault, null) is { } fault)
            throw new AggregateException("The session's event handler or loop threw.", fault);
    }

    /// <summary>Completes when the loop has done everything that was posted or being read before, its snapshot and its timer included.</summary>
    internal Task SettleAsync()
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => _settled = settled);
        return settled.Task;
    }

    private void Post(Action step) => _inbox.Writer.TryWrite(step);

    private async Task RunAsync()
    {
        await foreach (Action step in _inbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Run(step);
            long? due = Advance();
            Volatile.Write(ref _snapshot, _exchange.Snapshot);
            if (_disposing && _exchange.IsOver)
                _inbox.Writer.TryComplete();
            else
                Arm(due);
            // What is being read is posted in any case.
            if (_settled is null || _exchange.HasUnread)
                continue;
            _settled.SetResult();
            _settled = null;
        }
    }

    private void Run(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            Fault(e);
        }
    }

    private long? Advance()
    {
        try
        {
            return _exchange.Advance();
        }
        catch (Exception e)
        {
            Fault(e);
            return _time.GetTimestamp() + _time.Ticks(AfterFault);
        }
    }

    // A fault of ours in one step must not cost the decisions of all fragments.
    private void Fault(Exception e)
    {
        Interlocked.CompareExchange(ref _stepFault, e, null);
        Raise(new ProtocolFault("session", $"{e.GetType().Name}: {e.Message}"));
    }

    private void Arm(long? due)
    {
        if (due is not { } at)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // Timers count whole milliseconds and must not fire early.
        TimeSpan rest = _time.GetElapsedTime(_time.GetTimestamp(), at);
        TimeSpan wait = rest <= TimeSpan.Zero ? Millisecond : rest > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Raise(StsEvent happened)
    {
        try
        {
            _onEvent(happened);
        }
        catch (Exception e)
        {
            // Decisions must go on; the fault comes out at the end.
            Interlocked.CompareExchange(ref _stepFault, e, null);
        }
    }
}
