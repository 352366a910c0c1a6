using System.Threading.Channels;
using Gst;

namespace Dubbing.Pipeline;

/// <summary>A pipeline in this process. One thread watches its bus, and is the only one that changes its state.</summary>
internal sealed class RunningPipeline : IRunningPipeline
{
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private readonly Gst.Pipeline _pipeline;
    private readonly Bus _bus;
    private readonly TimeProvider _time;
    private readonly PipelineLimits _limits;
    private readonly PipelineReport _report;
    private readonly PipelineLatency _latency;
    private readonly PipelineGraph _graph;
    private readonly MissingTracks _missing;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _stopLock = new();
    private StopRequest? _stop;
    private volatile int _state = (int)PipelineState.Created;
    private volatile bool _abandoned;

    // The rest belongs to the thread that watches the bus.
    private Task<StateChangeReturn>? _starting;
    private PlayOut? _playOut;
    private bool _failed, _over;

    public RunningPipeline(Gst.Pipeline pipeline, SecretMask mask, TimeProvider time, PipelineLimits limits)
    {
        (_pipeline, _time, _limits) = (pipeline, time, limits);
        _report = new PipelineReport(mask, time);
        _latency = new PipelineLatency(pipeline, _report);
        _graph = new PipelineGraph(pipeline, mask);
        _missing = new MissingTracks(pipeline, time);
        _bus = pipeline.Bus!;
        StreamingThreads.PutSinksFirst(_bus);
        // What elements post on their way to NULL is news, too.
        _pipeline.SetProperty("auto-flush-bus", false);
    }

    private sealed record StopRequest(bool Drain, TimeSpan Timeout);

    public ChannelReader<PipelineEvent> Events => _report.Events;

    public PipelineState State => (PipelineState)_state;

    public TimeSpan? Latency => _latency.Current;

    public bool IsAbandoned => _abandoned;

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

    public Task<string> GraphAsync() => Task.FromResult(_graph.Current);

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

                CheckTracks(atOnce: false);
                CheckStart(start);
                CheckStop();
                if (State == PipelineState.Running && Latency is null) _latency.Update();
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
            case MessageType.Latency when !_over:
                _latency.Recalculate();
                break;
            case MessageType.Element:
                _report.ElementMessage(message);
                break;
        }
    }

    private void OnError(Message message)
    {
        // A branch without its track is why, if there is one.
        CheckTracks(atOnce: true);
        var (error, debug) = message.ParseError();
        // An element that fails says why; what then posts its own "Internal data stream error" only follows from it.
        if (_failed)
            _report.Warning(message, error.Message, debug);
        else
            Fail(message.SourceName, message.SourceFactory, error.Message, debug);
    }

    private void OnWarning(Message message)
    {
        var (warning, debug) = message.ParseWarning();
        // After an error it only follows from that.
        if (!_failed && FatalWarning.Explain(warning.Message, debug) is { } fault)
            Fail(message.SourceName, message.SourceFactory, fault, debug);
        else if (_failed || !_missing.Take(message, warning.Message, debug))
            _report.Warning(message, warning.Message, debug);
    }

    private void CheckTracks(bool atOnce)
    {
        if (!_over && _missing.Find(atOnce) is { } fault) Fail(fault.Source, fault.Factory, fault.Message, fault.Debug);
    }

    private void OnEndOfStream()
    {
        // After an error the sinks report EOS, too; that is no clean end.
        if (_over) return;
        _report.EndOfStream();
        _over = true;
    }

    private void OnStateChanged(Message message)
    {
        if (message.ParseStateChanged().New != Gst.State.Playing) return;
        Advance(PipelineState.Running);
        _latency.Update();
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
        else if (_playOut is null)
        {
            Advance(PipelineState.Stopping);
            _playOut = PlayOut.Begin(_pipeline, _time, stop.Timeout);
        }
        else if (_playOut.IsOver)
        {
            Fail("", "", $"what was inside was not played out within {stop.Timeout.TotalSeconds:0.#} s", null);
        }
    }

    // Until the next thing that is due; a message or Wake ends it sooner.
    private TimeSpan Wait()
    {
        if (_starting is { IsCompleted: false }) return TimeSpan.FromMilliseconds(50);
        var wait = _look;
        foreach (var due in (TimeSpan?[])[_playOut?.Left, _missing.Left])
        {
            if (due < wait) wait = due.Value > TimeSpan.Zero ? due.Value : TimeSpan.Zero;
        }

        return wait;
    }

    private void Fail(string element, string factory, string message, string? debug)
    {
        _graph.Keep();
        _failed = _over = true;
        _report.Error(element, factory, message, debug);
    }

    private void TearDown()
    {
        Advance(PipelineState.Stopping);
        try
        {
            var done = NativeStep.Run(() =>
            {
                _playOut?.ReleaseSources();
                return _pipeline.SetState(Gst.State.Null);
            }, "to NULL");
            // It can't be freed while a thread hangs in it: then it is left as it is.
            if (done.Wait(_limits.TearDown)) Free();
            else Abandon($"it could not be torn down within {_limits.TearDown.TotalSeconds:0.#} s and was abandoned");
        }
        catch (Exception e)
        {
            Abandon($"it could not be torn down and was abandoned: {e.GetBaseException().Message}");
        }

        Advance(_failed ? PipelineState.Failed : PipelineState.Stopped);
        _report.Complete();
        _ended.SetResult();
    }

    private void Abandon(string why)
    {
        _abandoned = true;
        Fail("", "", why, null);
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
        _report.State(state);
    }
}
