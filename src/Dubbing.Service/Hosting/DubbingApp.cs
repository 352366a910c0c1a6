using Dubbing.Service.Configuration;
using Dubbing.Service.MediaServer;
using Dubbing.Service.Metrics;
using Dubbing.Service.Streams;
using Prometheus;

namespace Dubbing.Service.Hosting;

/// <summary>Puts the service together.</summary>
internal static class DubbingApp
{
    // Beyond the drain time: for tearing down what does not play out.
    private static readonly TimeSpan _tearDown = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _controlApi = TimeSpan.FromSeconds(5);

    /// <summary>The service, ready to run.</summary>
    /// <param name="options">The configuration at the start.</param>
    /// <param name="hosts">Makes what makes, for a stream's id, the place where the pipelines of a run live.</param>
    /// <param name="time">The clock.</param>
    /// <param name="jitter">Numbers from 0 to 1 that spread restarts; null: random.</param>
    /// <param name="reload">The settings file to watch, and what reads and checks the configuration anew; null: it stays as it is.</param>
    public static WebApplication Build(
        DubbingOptions options, Func<ILoggerFactory, Func<string, IPipelineHost>> hosts, TimeProvider time, Func<double>? jitter = null, ConfigurationReload? reload = null)
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
        var store = new ConfigurationStore(options, reload?.Read);
        builder.Services.AddSingleton(store);
        if (reload is not null)
            builder.Services.AddHostedService(all => new ConfigurationWatcher(store, reload.SettingsFile, time, all.GetRequiredService<ILogger<ConfigurationWatcher>>()));
        AddStreams(builder.Services, store, hosts, time, jitter ?? Random.Shared.NextDouble);

        var app = builder.Build();
        app.Services.GetRequiredService<MetricsEndpoint>();
        app.UseHttpApi();
        return app;
    }

    private static void AddStreams(IServiceCollection services, ConfigurationStore store, Func<ILoggerFactory, Func<string, IPipelineHost>> hosts, TimeProvider time, Func<double> jitter)
    {
        services.AddSingleton(time);
        services.AddSingleton(Prometheus.Metrics.NewCustomRegistry());
        services.AddSingleton(all => new StreamMetrics(all.GetRequiredService<CollectorRegistry>(), Environment.MachineName));
        services.AddSingleton(all => new SegmentFolders(store.Current.Segments, time, all.GetRequiredService<ILogger<SegmentFolders>>()));
        services.AddSingleton(all => new StreamRegistry(new StreamContext(
            store, hosts(all.GetRequiredService<ILoggerFactory>()), time, all.GetRequiredService<StreamMetrics>(), new StreamSlots(() => store.Current.Lifecycle.MaxConcurrentStreams),
            new DismissedPublishers(all.GetRequiredService<TimeProvider>()), all.GetRequiredService<SegmentFolders>(), jitter, all.GetRequiredService<ILogger<StreamSupervisor>>())));
        services.AddSingleton<MetricsEndpoint>();
        services.AddSingleton(new ControlApi(new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = _controlApi }));
        services.AddHostedService<StatsPoller>();
        services.AddHostedService<Reconciler>();
        services.AddHostedService<DrainService>();
        services.AddHostedService(all => new IdleMemory(
            all.GetRequiredService<StreamRegistry>(), IdleMemory.GiveBack, time, all.GetRequiredService<ILogger<IdleMemory>>()));
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
