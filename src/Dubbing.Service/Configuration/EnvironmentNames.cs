namespace Dubbing.Service.Configuration;

/// <summary>The environment names of the deployment that this service takes over. They win over the file; a
/// <c>DUBBING__…</c> name wins over them.</summary>
public static class EnvironmentNames
{
    private static readonly (string Name, string Key)[] _names =
    [
        ("PORT", "Port"),
        ("LOG_LEVEL", "LogLevel"),
        ("MEDIAMTX_HOST", "MediaServer:Host"),
        ("MEDIAMTX_RTMP_URL", "MediaServer:RtmpUrl"),
        ("MEDIAMTX_RTSP_URL", "MediaServer:RtspUrl"),
        ("MEDIAMTX_API_URL", "MediaServer:ApiUrl"),
        ("STS_SERVICE_URL", "Sts:Url"),
        ("STS_API_KEY", "Sts:ApiKey"),
        ("WORKER_SOURCE_LANGUAGE", "Sts:SourceLanguage"),
        ("WORKER_TARGET_LANGUAGE", "Sts:TargetLanguage"),
        ("CIRCUIT_BREAKER_THRESHOLD", "Sts:BreakerThreshold"),
        ("CIRCUIT_BREAKER_TIMEOUT", "Sts:BreakerTimeoutSeconds"),
        ("WORKER_SEGMENT_DIR", "Segments:Folder"),
        ("MAX_CONCURRENT_STREAMS", "Lifecycle:MaxConcurrentStreams"),
    ];

    /// <summary>The old name for a key, or null.</summary>
    public static string? For(string key) => _names.FirstOrDefault(entry => entry.Key == key).Name;

    /// <summary>Reads file, old names and <c>DUBBING__…</c> names, each overriding the one before.</summary>
    /// <param name="file">The settings file.</param>
    /// <param name="environment">The environment; a parameter so that tests own it.</param>
    public static IConfiguration Load(string file, IReadOnlyDictionary<string, string> environment) => new ConfigurationBuilder()
        .AddJsonFile(file, optional: true)
        .AddInMemoryCollection(_names.Where(entry => environment.ContainsKey(entry.Name))
            .Select(entry => KeyValuePair.Create($"Dubbing:{entry.Key}", (string?)environment[entry.Name])))
        .AddInMemoryCollection(environment
            .Where(entry => entry.Key.StartsWith("DUBBING__", StringComparison.OrdinalIgnoreCase))
            .Select(entry => KeyValuePair.Create(entry.Key.Replace("__", ":", StringComparison.Ordinal), (string?)entry.Value)))
        .Build()
        .GetSection("Dubbing");
}
