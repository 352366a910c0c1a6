using Dubbing.Pipeline;
using Dubbing.Service.Configuration;
using Dubbing.Service.Metrics;
using Dubbing.Service.Streams;
using Prometheus;

namespace Dubbing.Service.Hosting;

/// <summary>Puts the service together.</summary>
internal static class DubbingApp
{
    // Beyond the drain time: for tearing down what does not play out.
    private static readonly TimeSpan _tearDown = TimeSpan.FromSeconds(15);

    /// <summary>The service, ready to run.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="launcher">Starts pipelines.</param>
    /// <param name="time">The clock.</param>
    /// <param name="jitter">Numbers from 0 to 1 that spread restarts; null: random.</param>
    public static WebApplication Build(DubbingOptions options, IPipelineLauncher launcher, TimeProvider time, Func<double>? jitter = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dubbing" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Address, options.Port);
            kestrel.AddServerHeader = false;
            // Endpoints answer larger bodies than they take themselves; this is for those that take none.
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        });
        AddLogging(builder.Logging, options);
        builder.Services.AddSingleton(options);
        builder.Services.AddHttpApi(options.Api);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Lifecycle.Drain + _tearDown);
        AddStreams(builder.Services, options, launcher, time, jitter ?? Random.Shared.NextDouble);

        var app = builder.Build();
        app.Services.GetRequiredService<MetricsEndpoint>();
        app.UseHttpApi();
        return app;
    }

    private static void AddStreams(IServiceCollection services, DubbingOptions options, IPipelineLauncher launcher, TimeProvider time, Func<double> jitter)
    {
        services.AddSingleton(time);
        services.AddSingleton(Prometheus.Metrics.NewCustomRegistry());
        services.AddSingleton(all => new StreamMetrics(all.GetRequiredService<CollectorRegistry>(), Environment.MachineName));
        services.AddSingleton(all => new SegmentFolders(options.Segments, time, all.GetRequiredService<ILogger<SegmentFolders>>()));
        services.AddSingleton(all => new StreamRegistry(new StreamContext(
            options, launcher, time, all.GetRequiredService<StreamMetrics>(), new StreamSlots(options.Lifecycle.MaxConcurrentStreams),
            all.GetRequiredService<SegmentFolders>(), Secrets.MaskOf(options), jitter, all.GetRequiredService<ILogger<StreamSupervisor>>())));
        services.AddSingleton<MetricsEndpoint>();
        services.AddHostedService<StatsPoller>();
        services.AddHostedService<DrainService>();
    }

    private static void AddLogging(ILoggingBuilder logging, DubbingOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        if (options.JsonLog)
        {
            logging.AddJsonConsole(console => console.IncludeScopes = true);
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.IncludeScopes = true;
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
    }
}
