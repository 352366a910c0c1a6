using Dubbing.Service.Hosting;

namespace Dubbing.Service.Configuration;

/// <summary>Reads the configuration anew when its files have changed. It looks at them every two seconds: notifications of the
/// file system do not come from every kind of mount.</summary>
/// <param name="store">The configuration.</param>
/// <param name="settings">The settings file.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of each change and each fault.</param>
internal sealed class ConfigurationWatcher(
    ConfigurationStore store, string settings, TimeProvider time, ILogger<ConfigurationWatcher> logger) : BackgroundService
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private string? _seen;

    /// <summary>Looks once, and reads what has changed.</summary>
    internal void Look()
    {
        var now = State();
        if (now == _seen) return;
        var isFirst = _seen is null;
        _seen = now;
        if (!isFirst) Reload();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new Periodic(time, logger).RunAsync(Interval, atOnce: true, Look, stoppingToken);

    private void Reload()
    {
        if (store.Reload() is not { } unchanged)
        {
            foreach (var fault in store.Faults) logger.LogError("the configuration has changed and is not used: {Fault}", fault.ToString());
            return;
        }

        logger.LogInformation("the configuration has changed; new runs begin with it");
        foreach (var key in unchanged) logger.LogWarning("{Key} has changed and takes effect after a restart", key);
    }

    private string State()
    {
        var folder = store.Current.Pipelines.Folder;
        try
        {
            var files = Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles() : [];
            return string.Join('\n', files.Append(new FileInfo(settings)).Select(Target).Where(file => file.Exists)
                .OrderBy(file => file.FullName, StringComparer.Ordinal).Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Also a change: reading it will say what is wrong.
            return e.Message;
        }
    }

    // A link stays as it is while what it leads to changes, as in a ConfigMap of Kubernetes.
    private static FileInfo Target(FileInfo file) => file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
}
