using System.Collections.Concurrent;
using System.Threading.Channels;
using Dubbing.Pipeline;

namespace Dubbing.Service.Tests.Fakes;

/// <summary>Hands its pipelines to the test and sees to it that no stream ever has two.</summary>
internal sealed class FakeLauncher(TimeProvider time) : IPipelineLauncher
{
    private readonly Channel<FakePipeline> _launched = Channel.CreateUnbounded<FakePipeline>();
    private readonly Channel<FakePipeline> _launchedForEgress = Channel.CreateUnbounded<FakePipeline>();
    private readonly ConcurrentDictionary<string, FakePipeline> _last = new();

    /// <summary>The next launches are refused with this.</summary>
    public string? Refusal { get; set; }

    /// <summary>Launches wait for this.</summary>
    public ManualResetEventSlim Gate { get; } = new(initialState: true);

    public bool EndsWhenAsked { get; set; } = true;

    /// <summary>Where its pipelines live has ended.</summary>
    public bool HostHasEnded { get; set; }

    /// <summary>What they live in takes so long to go.</summary>
    public Task HostLeaves { get; set; } = Task.CompletedTask;

    /// <summary>Streams that had two pipelines at once.</summary>
    public ConcurrentQueue<string> Doubles { get; } = new();

    public int Count { get; private set; }

    public IRunningPipeline Launch(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        if (!Gate.Wait(TimeSpan.FromSeconds(20))) throw new LaunchException("the test never let it go on");
        if (Refusal is not null) throw new LaunchException(Refusal);
        var pipeline = new FakePipeline(time, file, values) { EndsWhenAsked = EndsWhenAsked };
        var isEgress = values.TryGetValue("target", out var target);
        var stream = values["stream_id"].Text + target.Text;
        if (_last.TryGetValue(stream, out var before) && !before.Disposed) Doubles.Enqueue(stream);
        _last[stream] = pipeline;
        Count++;
        (isEgress ? _launchedForEgress : _launched).Writer.TryWrite(pipeline);
        return pipeline;
    }

    public Task<FakePipeline> NextAsync() => NextAsync(_launched.Reader);

    /// <summary>The next that passes an output on.</summary>
    public Task<FakePipeline> NextEgressAsync() => NextAsync(_launchedForEgress.Reader);

    public bool NothingWaits => !_launched.Reader.TryPeek(out _);

    public bool NoEgressWaits => !_launchedForEgress.Reader.TryPeek(out _);

    private static async Task<FakePipeline> NextAsync(ChannelReader<FakePipeline> launched)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var pipeline = await launched.ReadAsync(bound.Token);
        await pipeline.Followed.WaitAsync(bound.Token);
        return pipeline;
    }
}
