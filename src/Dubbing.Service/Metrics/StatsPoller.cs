using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Metrics;

/// <summary>Reads once a second what the elements of every stream count.</summary>
internal sealed class StatsPoller(StreamRegistry streams, StreamMetrics metrics, TimeProvider time, ILogger<StatsPoller> logger) : BackgroundService
{
    private static readonly TimeSpan _tidying = TimeSpan.FromMinutes(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var periodic = new Periodic(time, logger);
        return Task.WhenAll(
            periodic.RunAsync(TimeSpan.FromSeconds(1), atOnce: false, Poll, stoppingToken),
            periodic.RunAsync(_tidying, atOnce: false, streams.Tidy, stoppingToken));
    }

    /// <summary>Reads all streams once.</summary>
    internal void Poll()
    {
        foreach (var stream in streams.All)
        {
            stream.Run?.Egress?.Look();
            if (stream.Pipeline is not { } pipeline) continue;
            var output = pipeline.Stats(PipelineElements.Output);
            metrics.Polled(stream.Id, pipeline.Stats(PipelineElements.Gate), output, pipeline.Stats(PipelineElements.Dub));
            stream.OutputCounted(output.Number("out-bytes-total"));
        }
    }
}
