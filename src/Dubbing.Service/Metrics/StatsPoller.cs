using Dubbing.Service.Streams;

namespace Dubbing.Service.Metrics;

/// <summary>Reads once a second what the elements of every stream count.</summary>
internal sealed class StatsPoller(StreamRegistry streams, StreamMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _tidying = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(
            EachAsync(TimeSpan.FromSeconds(1), Poll, stoppingToken),
            EachAsync(_tidying, streams.Tidy, stoppingToken));
    }

    private async Task EachAsync(TimeSpan period, Action action, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) action();
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    /// <summary>Reads all streams once.</summary>
    internal void Poll()
    {
        foreach (var stream in streams.All)
        {
            if (stream.Pipeline is not { } pipeline) continue;
            var output = pipeline.Stats("out");
            metrics.Polled(stream.Id, pipeline.Stats("gate"), output, pipeline.Stats("dub"));
            stream.OutputCounted(output.Number("out-bytes-total"));
        }
    }
}
