using Dubbing.Service.Api;
using Dubbing.Service.Streams;
using Prometheus;

namespace Dubbing.Service.Metrics;

/// <summary>GET /metrics: our own metrics, then those of process and runtime.</summary>
internal sealed class MetricsEndpoint
{
    private readonly CollectorRegistry _own;
    private readonly CollectorRegistry _process = Prometheus.Metrics.NewCustomRegistry();

    public MetricsEndpoint(CollectorRegistry own, StreamRegistry streams, StreamMetrics metrics)
    {
        _own = own;
        _own.AddBeforeCollectCallback(() => metrics.SetStreams(streams.All.Select(stream => stream.Status.State)));
        DotNetStats.Register(_process);
        MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = _process,
            // Routes are few and fixed; anything with addresses or URLs in it would grow without bound.
            InstrumentFilterPredicate = instrument => instrument.Meter.Name is "System.Runtime" or "Microsoft.AspNetCore.Server.Kestrel",
        });
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/metrics", async (HttpResponse response, MetricsEndpoint metrics, CancellationToken stop) =>
    {
        response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await metrics._own.CollectAndExportAsTextAsync(response.Body, stop);
        await metrics._process.CollectAndExportAsTextAsync(response.Body, stop);
    }).WithMetadata(new OpenToAll()).WithSummary("Metrics in Prometheus' text format.").Answers("text/plain");
}
