using System.Net;
using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>Turns the configuration into <see cref="DubbingOptions"/>, or into the list of everything that is wrong with it.</summary>
public static class OptionsValidator
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

    private static readonly Dictionary<string, bool> _isolations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["process"] = true,
        ["in-process"] = false,
    };

    /// <summary>Reads and checks everything, pipeline files included.</summary>
    /// <param name="file">The settings file.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="check">Checks a pipeline file against the elements that are installed; faults as text.</param>
    /// <param name="isExpected">The settings file must be there; else one that is not leaves the defaults.</param>
    /// <returns>The options, or null when there is any fault; and all faults.</returns>
    public static (DubbingOptions? Options, IReadOnlyList<ConfigurationFault> Faults) Validate(
        string file, IReadOnlyDictionary<string, string> environment,
        Func<LaunchFile, IReadOnlyDictionary<string, PlaceholderValue>, IReadOnlyList<string>> check, bool isExpected = false)
    {
        if (isExpected && !File.Exists(file)) return (null, [new ConfigurationFault(file, "the settings file is not there")]);
        try
        {
            return Validate(new OptionReader(EnvironmentNames.Load(file, environment)), check);
        }
        catch (InvalidDataException e)
        {
            return (null, [new ConfigurationFault(file, $"it is not valid JSON; {e.InnerException?.Message ?? e.Message}")]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where pipeline files and folders can't be read, their readers say so themselves.
            return (null, [new ConfigurationFault(file, $"it can't be read: {e.Message}")]);
        }
    }

    private static (DubbingOptions? Options, IReadOnlyList<ConfigurationFault> Faults) Validate(
        OptionReader reader, Func<LaunchFile, IReadOnlyDictionary<string, PlaceholderValue>, IReadOnlyList<string>> check)
    {
        var files = PipelineFiles.Read(reader);
        MediaServerOptions server;
        IReadOnlyList<StreamSection> streams;
        var options = new DubbingOptions
        {
            Address = Address(reader),
            Port = reader.Number("Port", 8080, 0, 65535),
            LogLevel = reader.Choice("LogLevel", LogLevel.Information, _levels),
            JsonLog = reader.Choice("LogFormat", false, _formats),
            MediaServer = server = MediaServer(reader),
            Api = ApiOptions.Read(reader, server),
            Sts = Sts(reader),
            Segments = Segments(reader),
            Pipelines = new PipelineOptions(files, PipelineFiles.Folder(reader), reader.Number("Pipelines:RtspLatencyMs", 200, 0, 10_000)),
            Streams = streams = StreamSection.ReadAll(reader, files),
            EgressFile = EgressCheck.Targets(streams).Any() ? PipelineFiles.ReadEgress(reader) : null,
            Workers = new WorkerOptions(
                reader.Choice("Workers:Isolation", true, _isolations),
                reader.Number("Workers:MaxMegabytes", 1000, 0, 1_000_000) * 1_000_000L),
            Lifecycle = new LifecycleOptions(
                TimeSpan.FromSeconds(reader.Number("Lifecycle:GraceSeconds", 30, 0, 3600)),
                TimeSpan.FromSeconds(reader.Number("Lifecycle:DrainSeconds", 20, 1, 600)),
                reader.Number("Lifecycle:MaxConcurrentStreams", 10, 1, 1000)),
        };
        foreach (var (key, launchFile) in files.All)
        {
            foreach (var fault in check(launchFile, StreamValues.For(options, StreamSettings.Default(options, launchFile), "check", "check")))
                reader.Fault(key, fault);
        }

        EgressCheck.Run(reader, options, check);
        if (reader.Faults.Count == 0) CheckDelays(reader, options);
        return (reader.Faults.Count == 0 ? options : null, reader.Faults);
    }

    private static void CheckDelays(OptionReader reader, DubbingOptions options)
    {
        // The same for each pipeline file.
        Check("Segments:FragmentMs", StreamSettings.Default(options, options.Pipelines.Files.All.First().File));
        foreach (var section in options.Streams)
            Check($"Streams:{section.Match.Pattern}", SettingsResolver.Resolve(options, section.Match.Pattern, sourceType: "", query: "").Settings);

        void Check(string key, StreamSettings settings)
        {
            if (StreamValues.ExpectedDelay(settings) > StreamValues.LongestDelay) reader.Fault(key, SettingsResolver.TooLong(settings));
        }
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
        var host = reader.Text("MediaServer:Host", "127.0.0.1", ValueRules.Host);
        var (user, password) = (reader.Text("MediaServer:User", ""), reader.Text("MediaServer:Password", ""));
        if (user.Length == 0 && password.Length > 0) reader.Fault("MediaServer:User", "there is a password without a user; give both or none");
        return new MediaServerOptions(
            reader.Url("MediaServer:RtmpUrl", $"rtmp://{host}:1935", "rtmp", "rtmps"),
            reader.Url("MediaServer:RtspUrl", $"rtsp://{host}:8554", "rtsp", "rtsps"),
            reader.Url("MediaServer:ApiUrl", $"http://{host}:9997", "http", "https"),
            TimeSpan.FromSeconds(reader.Number("MediaServer:ReconcileSeconds", 15, 0, 3600)))
        {
            User = user,
            Password = password,
        };
    }

    private static StsOptions Sts(OptionReader reader) => new(
        reader.Text("Sts:Url", "http://127.0.0.1:3000", ValueRules.StsUrl).TrimEnd('/'),
        reader.Text("Sts:Path", "/socket.io/", ValueRules.StsPath),
        reader.Text("Sts:Namespace", "/", ValueRules.StsNamespace),
        reader.Text("Sts:ApiKey", ""),
        reader.Text("Sts:SourceLanguage", "en", ValueRules.Language),
        reader.Text("Sts:TargetLanguage", "es", ValueRules.Language),
        reader.Text("Sts:Voice", "default", ValueRules.Voice),
        reader.Text("Sts:DomainHints", "", ValueRules.DomainHints),
        reader.Number("Sts:TimeoutMs", 8000, ValueRules.TimeoutMs),
        reader.Number("Sts:MarginMs", 1000, 100, 10_000),
        reader.Text("Sts:Fallback", "original", ValueRules.Fallback).ToLowerInvariant(),
        reader.Number("Sts:MaxInflight", 3, ValueRules.MaxInflight),
        reader.Number("Sts:BreakerThreshold", 5, 1, 1000),
        reader.Number("Sts:BreakerTimeoutSeconds", 30, 1, 3600) * 1000);

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
            reader.Number("Segments:FragmentMs", 6000, ValueRules.FragmentMs),
            reader.Number("Segments:MaxRuns", 3, 0, 10_000),
            TimeSpan.FromHours(reader.Number("Segments:MaxAgeHours", 24, 0, 24 * 365)),
            reader.Number("Segments:MaxMegabytes", 1000, 0, 1_000_000) * 1_000_000L);
    }
}
