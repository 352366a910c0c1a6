using System.Threading.Channels;
using Dubbing.Pipeline;

namespace Dubbing.Service.Tests.Fakes;

/// <summary>A pipeline whose events the test posts.</summary>
internal sealed class FakePipeline(TimeProvider time, LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values) : IRunningPipeline
{
    private readonly Channel<PipelineEvent> _events = Channel.CreateUnbounded<PipelineEvent>();
    private readonly TaskCompletionSource<bool> _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _followed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LaunchFile File => file;

    public IReadOnlyDictionary<string, PlaceholderValue> Values => values;

    public Dictionary<string, IReadOnlyDictionary<string, object>> StatsByElement { get; } = [];

    /// <summary>It ends as soon as it is asked to; else the test ends it.</summary>
    public bool EndsWhenAsked { get; init; } = true;

    public ChannelReader<PipelineEvent> Events
    {
        get
        {
            _followed.TrySetResult();
            return _events.Reader;
        }
    }

    /// <summary>Completes when somebody listens: whoever launched it has it by then.</summary>
    public Task Followed => _followed.Task;

    public PipelineState State { get; private set; } = PipelineState.Created;

    public TimeSpan? Latency { get; private set; }

    /// <summary>It hangs and was left as it is.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Completes when a stop is asked for: with a drain or without.</summary>
    public Task<bool> StopAsked => _stopAsked.Task;

    /// <summary>Completes when it has ended.</summary>
    public Task Gone => _gone.Task;

    public bool Disposed { get; private set; }

    public void Run(double latencySeconds = 15)
    {
        Post(new PipelineStateChanged(Now, State = PipelineState.Running));
        Post(new PipelineLatencyChanged(Now, (Latency = TimeSpan.FromSeconds(latencySeconds)).Value));
    }

    public void Message(string name, params (string Field, object Value)[] fields) =>
        Post(new PipelineElementMessage(Now, "dub", name, fields.ToDictionary(field => field.Field, field => field.Value)));

    public void Post(PipelineEvent e) => _events.Writer.TryWrite(e);

    public void EndOfStream()
    {
        Post(new PipelineEndOfStream(Now));
        End(PipelineState.Stopped);
    }

    public void Fail(string message, string element = "source", string factory = "rtmp2src")
    {
        Post(new PipelineError(Now, element, factory, message, null));
        End(PipelineState.Failed);
    }

    public void End(PipelineState state)
    {
        Post(new PipelineStateChanged(Now, State = state));
        _events.Writer.TryComplete();
        _gone.TrySetResult();
    }

    public async Task StopAsync(bool drain, TimeSpan timeout)
    {
        if (State < PipelineState.Stopped) _stopAsked.TrySetResult(drain);
        if (State < PipelineState.Stopped && EndsWhenAsked)
        {
            if (drain) EndOfStream();
            else End(PipelineState.Stopped);
        }

        await _gone.Task;
    }

    public Task<string> GraphAsync() => Task.FromResult($"digraph {file.Name[..3]} {{}}");

    public IReadOnlyDictionary<string, object> Stats(string elementName) =>
        StatsByElement.GetValueOrDefault(elementName) ?? new Dictionary<string, object>();

    public async ValueTask DisposeAsync()
    {
        await StopAsync(false, TimeSpan.Zero);
        Disposed = true;
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
