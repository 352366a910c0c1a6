using System.Threading.Channels;
using Gst;

namespace Dubbing.Pipeline;

/// <summary>A pipeline in this process. One thread watches its bus, and is the only one that changes its state.</summary>
internal sealed class RunningPipeline : IRunningPipeline
{
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private readonly Gst.Pipeline _pipeline;
    private readonly Bus _bus;
    private readonly SecretMask _mask;
    private readonly TimeProvider _time;
    private readonly PipelineLimits _limits;
    private readonly Channel<PipelineEvent> _events = Channel.CreateUnbounded<PipelineEvent>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _stopLock = new();
    private StopRequest? _stop;
    private volatile int _state = (int)PipelineState.Created;
    private int _latencyAsked;
    private long _latencyTicks = -1;
    private volatile string? _failureGraph;

    // The rest belongs to the thread that watches the bus.
    private Task<StateChangeReturn>? _starting;
    private readonly List<Task<bool>> _endsOfStream = [];
    private long _drainUntil;
    private bool _draining, _failed, _over;

    public RunningPipeline(Gst.Pipeline pipeline, SecretMask mask, TimeProvider time, PipelineLimits limits)
    {
        (_pipeline, _mask, _time, _limits) = (pipeline, mask, time, limits);
        _bus = pipeline.Bus!;
        // What elements post on their way to NULL is news, too.
        _pipeline.SetProperty("auto-flush-bus", false);
    }

    private sealed record StopRequest(bool Drain, TimeSpan Timeout);

    public ChannelReader<PipelineEvent> Events => _events.Reader;

    public PipelineState State => (PipelineState)_state;

    public TimeSpan? Latency => Interlocked.Read(ref _latencyTicks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    public void Start(string name) => new Thread(Watch) { IsBackground = true, Name = $"bus {name}" }.Start();

    public async Task StopAsync(bool drain, TimeSpan timeout)
    {
        lock (_stopLock)
        {
            // A second request can cut a drain short, not lengthen it.
            if (_stop is null || (_stop.Drain && !drain)) _stop = new StopRequest(drain, timeout);
        }

        if (!_ended.Task.IsCompleted) Wake();
        await _ended.Task.ConfigureAwait(false);
    }

    public string Graph()
    {
        if (_failureGraph is { } graph) return graph;
        try
        {
            return _mask.MaskGraph(_pipeline.DebugToDot());
        }
        catch (ObjectDisposedException)
        {
            return "";
        }
    }

    public IReadOnlyDictionary<string, object> Stats(string elementName)
    {
        try
        {
            using var element = _pipeline.GetByName(elementName);
            return element is null ? new Dictionary<string, object>() : ElementStats.Read(element);
        }
        catch (ObjectDisposedException)
        {
            return new Dictionary<string, object>();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync(false, TimeSpan.Zero).ConfigureAwait(false);

    private void Watch()
    {
        try
        {
            Advance(PipelineState.Starting);
            var start = _time.GetTimestamp();
            _starting = NativeStep.Run(() => _pipeline.SetState(Gst.State.Playing), "to PLAYING");
            while (!_over)
            {
                using (var message = _bus.TimedPopFiltered((ulong)(Wait().TotalMilliseconds * Clock.MSecond), MessageType.Any))
                {
                    if (message is not null) Handle(message);
                }

                CheckStart(start);
                CheckStop();
                if (State == PipelineState.Running && Latency is null) UpdateLatency();
            }
        }
        catch (Exception e)
        {
            Fail("", "", $"watching the bus failed: {e.Message}", e.StackTrace);
        }
        finally
        {
            TearDown();
        }
    }

    private void Handle(Message message)
    {
        switch (message.Type)
        {
            case MessageType.Error:
                OnError(message);
                break;
            case MessageType.Warning:
                OnWarning(message);
                break;
            case MessageType.Eos:
                OnEndOfStream();
                break;
            case MessageType.StateChanged when message.IsFrom(_pipeline):
                OnStateChanged(message);
                break;
            case MessageType.Latency:
                OnLatency();
                break;
            case MessageType.Element:
                OnElement(message);
                break;
        }
    }

    private void OnError(Message message)
    {
        var (error, debug) = message.ParseError();
        // An element that fails says why; what then posts its own "Internal data stream error" only follows from it.
        if (_failed)
            Write(new PipelineWarning(Now, message.SourceName, message.SourceFactory, _mask.Mask(error.Message), Masked(debug)));
        else
            Fail(message.SourceName, message.SourceFactory, error.Message, debug);
    }

    private void OnWarning(Message message)
    {
        var (warning, debug) = message.ParseWarning();
        // After an error it only follows from that.
        if (!_failed && FatalWarning.Explain(warning.Message, debug) is { } fault)
            Fail(message.SourceName, message.SourceFactory, fault, debug);
        else
            Write(new PipelineWarning(Now, message.SourceName, message.SourceFactory, _mask.Mask(warning.Message), Masked(debug)));
    }

    private void OnEndOfStream()
    {
        // After an error the sinks report EOS, too; that is no clean end.
        if (_over) return;
        Write(new PipelineEndOfStream(Now));
        _over = true;
    }

    private void OnStateChanged(Message message)
    {
        if (message.ParseStateChanged().New != Gst.State.Playing) return;
        Advance(PipelineState.Running);
        UpdateLatency();
    }

    private void OnLatency()
    {
        if (_over || Interlocked.Increment(ref _latencyAsked) > 1) return;
        // It waits for state changes that are under way, and these for what only a watched bus can end.
        _ = NativeStep.Run(RecalculateLatency, "latency");
    }

    private bool RecalculateLatency()
    {
        int answered;
        do
        {
            answered = Volatile.Read(ref _latencyAsked);
            try
            {
                _pipeline.RecalculateLatency();
                UpdateLatency();
            }
            catch (ObjectDisposedException)
            {
                // It ended in between: nobody needs the latency any more.
                return false;
            }
        }
        while (Interlocked.Add(ref _latencyAsked, -answered) > 0);
        return true;
    }

    private void OnElement(Message message)
    {
        using var structure = message.Structure;
        if (structure is null) return;
        Write(new PipelineElementMessage(Now, message.SourceName, structure.Name, structure.ToDictionary()));
    }

    // A sink answers once it has something to play, which may be long after PLAYING.
    private void UpdateLatency()
    {
        if (_pipeline.QueryLatency() is not { Live: true } answer) return;
        var latency = TimeSpan.FromTicks((long)(answer.Min / 100));
        if (Interlocked.Exchange(ref _latencyTicks, latency.Ticks) != latency.Ticks) Write(new PipelineLatencyChanged(Now, latency));
    }

    private void CheckStart(long start)
    {
        if (State != PipelineState.Starting || _over) return;
        if (_starting is { IsFaulted: true }) Fail("", "", $"it could not be started: {_starting.Exception!.InnerException!.Message}", null);
        else if (_starting is { IsCompleted: true, Result: StateChangeReturn.Failure }) FailStart();
        else if (_time.GetElapsedTime(start) > _limits.Start)
            Fail("", "", $"it did not reach PLAYING within {_limits.Start.TotalSeconds:0.#} s", null);
    }

    // The element that refused has said why before the state change returned; what is on the bus comes first.
    private void FailStart()
    {
        while (!_over && _bus.TimedPopFiltered(0, MessageType.Any) is { } message)
        {
            using (message) Handle(message);
        }

        if (!_over) Fail("", "", "an element refused to start without saying why", null);
    }

    private void CheckStop()
    {
        StopRequest? stop;
        lock (_stopLock) stop = _stop;
        if (stop is null || _over) return;
        if (!stop.Drain)
        {
            _over = true;
        }
        else if (!_draining)
        {
            _draining = true;
            _drainUntil = _time.GetTimestamp() + (long)(stop.Timeout.TotalSeconds * _time.TimestampFrequency);
            Advance(PipelineState.Stopping);
            SendEndOfStream();
        }
        else if (_time.GetTimestamp() >= _drainUntil)
        {
            Fail("", "", $"what was inside was not played out within {stop.Timeout.TotalSeconds:0.#} s", null);
        }
    }

    // To each source by itself and each on its own thread: a source whose streaming thread is blocked takes the event only
    // when it is free again.
    private void SendEndOfStream()
    {
        foreach (var source in BinElements.Sources(_pipeline))
        {
            _endsOfStream.Add(NativeStep.Run(() =>
            {
                using (source) return source.SendEvent(Event.NewEos());
            }, "EOS"));
        }
    }

    private StateChangeReturn ToNull()
    {
        // A source that still waits to take its EOS holds its state lock, and the pipeline goes down state by state, so it
        // would wait for that source for ever. Its thread comes free when the sinks let go.
        if (_endsOfStream.Exists(sent => !sent.IsCompleted))
        {
            foreach (var sink in BinElements.Sinks(_pipeline))
            {
                using (sink) sink.SetState(Gst.State.Null);
            }
        }

        return _pipeline.SetState(Gst.State.Null);
    }

    // Until the next thing that is due; a message or Wake ends it sooner.
    private TimeSpan Wait()
    {
        if (_starting is { IsCompleted: false }) return TimeSpan.FromMilliseconds(50);
        if (!_draining) return _look;
        var left = TimeSpan.FromSeconds((double)(_drainUntil - _time.GetTimestamp()) / _time.TimestampFrequency);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < _look ? left : _look;
    }

    private void Fail(string element, string factory, string message, string? debug)
    {
        if (!_failed) _failureGraph = GraphOrReason();
        _failed = _over = true;
        Write(new PipelineError(Now, element, factory, _mask.Mask(message), Masked(debug)));
    }

    private string GraphOrReason()
    {
        try
        {
            return _mask.MaskGraph(_pipeline.DebugToDot());
        }
        catch (Exception e)
        {
            return $"digraph pipeline {{ label=\"no graph: {e.GetType().Name}\" }}";
        }
    }

    private void TearDown()
    {
        Advance(PipelineState.Stopping);
        try
        {
            var done = NativeStep.Run(ToNull, "to NULL");
            // It can't be freed while a thread hangs in it: then it is left as it is.
            if (done.Wait(_limits.TearDown)) Free();
            else Fail("", "", $"it could not be torn down within {_limits.TearDown.TotalSeconds:0.#} s and was abandoned", null);
        }
        catch (Exception e)
        {
            Fail("", "", $"it could not be torn down and was abandoned: {e.GetBaseException().Message}", null);
        }

        Advance(_failed ? PipelineState.Failed : PipelineState.Stopped);
        _events.Writer.Complete();
        _ended.SetResult();
    }

    private void Free()
    {
        while (_bus.TimedPopFiltered(0, MessageType.Any) is { } message)
        {
            using (message) Handle(message);
        }

        // Messages hold their elements: none may stay behind.
        _bus.SetFlushing(true);
        _bus.Dispose();
        _pipeline.Dispose();
    }

    private void Wake()
    {
        try
        {
            _bus.Post(Message.NewApplication(new Structure("wake")));
        }
        catch (ObjectDisposedException)
        {
            // It ended in between: nobody waits there any more.
        }
    }

    private void Advance(PipelineState state)
    {
        if (State >= state) return;
        _state = (int)state;
        Write(new PipelineStateChanged(Now, state));
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private string? Masked(string? text) => text is null ? null : _mask.Mask(text);

    private void Write(PipelineEvent e) => _events.Writer.TryWrite(e);
}
