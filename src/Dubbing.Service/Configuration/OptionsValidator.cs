using System.Net;
using System.Text.RegularExpressions;
using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>Turns the configuration into <see cref="DubbingOptions"/>, or into the list of everything that is wrong with it.</summary>
public static partial class OptionsValidator
{
    private static readonly Dictionary<string, LogLevel> _levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["information"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["critical"] = LogLevel.Critical,
    };

    private static readonly Dictionary<string, bool> _formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["simple"] = false,
        ["json"] = true,
    };

    /// <summary>Reads and checks everything, pipeline files included.</summary>
    /// <param name="file">The settings file; one that is not there leaves the defaults.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="check">Checks a pipeline file against the elements that are installed; faults as text.</param>
    /// <returns>The options, or null when there is any fault; and all faults.</returns>
    public static (DubbingOptions? Options, IReadOnlyList<ConfigurationFault> Faults) Validate(
        string file, IReadOnlyDictionary<string, string> environment,
        Func<LaunchFile, IReadOnlyDictionary<string, PlaceholderValue>, IReadOnlyList<string>> check)
    {
        try
        {
            return Validate(new OptionReader(EnvironmentNames.Load(file, environment)), check);
        }
        catch (InvalidDataException e)
        {
            return (null, [new ConfigurationFault(file, $"it is not valid JSON; {e.InnerException?.Message ?? e.Message}")]);
        }
    }

    private static (DubbingOptions? Options, IReadOnlyList<ConfigurationFault> Faults) Validate(
        OptionReader reader, Func<LaunchFile, IReadOnlyDictionary<string, PlaceholderValue>, IReadOnlyList<string>> check)
    {
        var files = PipelineFiles.Read(reader);
        var options = new DubbingOptions
        {
            Address = Address(reader),
            Port = reader.Number("Port", 8080, 0, 65535),
            LogLevel = reader.Choice("LogLevel", LogLevel.Information, _levels),
            JsonLog = reader.Choice("LogFormat", false, _formats),
            MediaServer = MediaServer(reader),
            Sts = Sts(reader),
            Segments = Segments(reader),
            Pipelines = new PipelineOptions(files, reader.Number("Pipelines:RtspLatencyMs", 200, 0, 10_000)),
            Lifecycle = new LifecycleOptions(
                TimeSpan.FromSeconds(reader.Number("Lifecycle:GraceSeconds", 30, 0, 3600)),
                TimeSpan.FromSeconds(reader.Number("Lifecycle:DrainSeconds", 20, 1, 600)),
                reader.Number("Lifecycle:MaxConcurrentStreams", 10, 1, 1000)),
        };
        foreach (var launchFile in files.All)
        {
            foreach (var fault in check(launchFile, StreamValues.For(options, launchFile, "check", "check")))
                reader.Fault("Pipelines:BySourceType", fault);
        }

        return (reader.Faults.Count == 0 ? options : null, reader.Faults);
    }

    private static IPAddress Address(OptionReader reader)
    {
        var text = reader.Text("Address", "127.0.0.1");
        if (IPAddress.TryParse(text, out var address)) return address;
        reader.Fault("Address", $"'{text}' is no IP address; give 127.0.0.1 for this machine only, 0.0.0.0 for all interfaces");
        return IPAddress.Loopback;
    }

    private static MediaServerOptions MediaServer(OptionReader reader)
    {
        var host = reader.Text("MediaServer:Host", "127.0.0.1", Host(), "give a host name or an IP address");
        if (!Host().IsMatch(host)) host = "127.0.0.1";
        return new MediaServerOptions(
            reader.Url("MediaServer:RtmpUrl", $"rtmp://{host}:1935", "rtmp", "rtmps"),
            reader.Url("MediaServer:RtspUrl", $"rtsp://{host}:8554", "rtsp", "rtsps"),
            reader.Url("MediaServer:ApiUrl", $"http://{host}:9997", "http", "https"));
    }

    private static StsOptions Sts(OptionReader reader)
    {
        const string languageMend = "give a language tag like en or pt-BR";
        return new StsOptions(
            reader.Url("Sts:Url", "http://127.0.0.1:3000", "http", "https", "ws", "wss"),
            reader.Text("Sts:ApiKey", ""),
            reader.Text("Sts:SourceLanguage", "en", Language(), languageMend),
            reader.Text("Sts:TargetLanguage", "es", Language(), languageMend),
            reader.Text("Sts:Voice", "default", Voice(), "give letters, digits, '.', '_' or '-', at most 128"),
            reader.Number("Sts:TimeoutMs", 8000, 1000, 30_000),
            reader.Number("Sts:MarginMs", 1000, 100, 10_000),
            reader.Number("Sts:BreakerThreshold", 5, 1, 1000),
            reader.Number("Sts:BreakerTimeoutSeconds", 30, 1, 3600) * 1000);
    }

    private static SegmentOptions Segments(OptionReader reader)
    {
        var folder = Path.GetFullPath(reader.Text("Segments:Folder", Path.Combine(Path.GetTempPath(), "dubbing-segments")));
        try
        {
            Directory.CreateDirectory(folder);
            File.Create(Path.Combine(folder, $".write-{Guid.NewGuid():n}"), 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reader.Fault("Segments:Folder", $"the folder {folder} can't be written; make it writable for this user or name another");
        }

        return new SegmentOptions(
            folder,
            reader.Number("Segments:FragmentMs", 6000, 500, 60_000),
            reader.Number("Segments:MaxRuns", 3, 0, 10_000),
            TimeSpan.FromHours(reader.Number("Segments:MaxAgeHours", 24, 0, 24 * 365)),
            reader.Number("Segments:MaxMegabytes", 1000, 0, 1_000_000) * 1_000_000L);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+\z|\A\[[0-9A-Fa-f:.]+\]\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\z")]
    private static partial Regex Language();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,128}\z")]
    private static partial Regex Voice();
}
