using System.Collections.Concurrent;
using System.Threading.Channels;
using Dubbing.Pipeline;

namespace Dubbing.Service.Tests.Fakes;

/// <summary>Hands its pipelines to the test and sees to it that no stream ever has two.</summary>
internal sealed class FakeLauncher(TimeProvider time) : IPipelineLauncher
{
    private readonly Channel<FakePipeline> _launched = Channel.CreateUnbounded<FakePipeline>();
    private readonly ConcurrentDictionary<string, FakePipeline> _last = new();

    /// <summary>The next launches are refused with this.</summary>
    public string? Refusal { get; set; }

    /// <summary>Launches wait for this.</summary>
    public ManualResetEventSlim Gate { get; } = new(initialState: true);

    public bool EndsWhenAsked { get; set; } = true;

    /// <summary>Streams that had two pipelines at once.</summary>
    public ConcurrentQueue<string> Doubles { get; } = new();

    public int Count { get; private set; }

    public IRunningPipeline Launch(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        if (!Gate.Wait(TimeSpan.FromSeconds(20))) throw new LaunchException("the test never let it go on");
        if (Refusal is not null) throw new LaunchException(Refusal);
        var pipeline = new FakePipeline(time, file, values) { EndsWhenAsked = EndsWhenAsked };
        var stream = values["stream_id"].Text;
        if (_last.TryGetValue(stream, out var before) && !before.Disposed) Doubles.Enqueue(stream);
        _last[stream] = pipeline;
        Count++;
        _launched.Writer.TryWrite(pipeline);
        return pipeline;
    }

    public async Task<FakePipeline> NextAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _launched.Reader.ReadAsync(bound.Token);
    }

    public bool NothingWaits => !_launched.Reader.TryPeek(out _);
}
