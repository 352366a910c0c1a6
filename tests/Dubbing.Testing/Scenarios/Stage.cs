using System.Globalization;
using System.Text.Json.Nodes;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Scenarios;

/// <summary>Everything around a stream, as real processes: media server with hooks, STS echo server, service. Disposing ends
/// all of it.</summary>
public sealed class Stage : IAsyncDisposable
{
    private static readonly HttpClient s_metrics = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    private readonly Dictionary<string, string?> _settings;
    private readonly TemporaryFolder _segments;

    private Stage(
        StageOptions options, IMediaServer media, EchoSts echo, DubbingService service, Dictionary<string, string?> settings, TemporaryFolder segments)
    {
        Options = options;
        _settings = settings;
        Media = media;
        Echo = echo;
        Service = service;
        _segments = segments;
    }

    /// <summary>How it was set.</summary>
    public StageOptions Options { get; }

    /// <summary>The media server.</summary>
    public IMediaServer Media { get; }

    /// <summary>The STS server.</summary>
    public EchoSts Echo { get; private set; }

    /// <summary>The service.</summary>
    public DubbingService Service { get; private set; }

    /// <summary>The media server of a stage that needs nginx.</summary>
    public NginxRtmp Nginx => ((NginxMediaServer)Media).Rtmp;

    /// <summary>Where fragments are kept.</summary>
    public string SegmentFolder => _segments.Path;

    /// <summary>Starts everything; on return the service is healthy.</summary>
    public static async Task<Stage> Start(StageOptions options)
    {
        var port = options.Port ?? FreePorts.Next();
        var hookUrl = options.WithoutHooks ? null : $"http://127.0.0.1:{port}";
        var segments = new TemporaryFolder();
        var echo = await EchoSts.Start(environment: options.Echo);
        var media = MediaMtx.Executable is { } executable && !options.NeedsNginx
            ? await MediaMtx.Start(executable, hookUrl)
            : (IMediaServer)await NginxMediaServer.Start(options.Ids,
                new NginxRtmpOptions { HookUrl = hookUrl, KeepIdleReaders = options.KeepIdleReaders, VideoOnly = options.VideoOnly });
        var settings = new Dictionary<string, string?>
        {
            ["PORT"] = $"{port}",
            ["MEDIAMTX_RTMP_URL"] = media.RtmpBase,
            ["MEDIAMTX_RTSP_URL"] = media.RtspBase,
            ["STS_SERVICE_URL"] = options.StsUrl ?? echo.Url.ToString(),
            ["WORKER_SEGMENT_DIR"] = segments.Path,
            ["DUBBING__STS__TIMEOUTMS"] = options.StsTimeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            ["DUBBING__SEGMENTS__FRAGMENTMS"] = options.Fragment.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        };
        if (media.ApiBase is { } api)
            settings["MEDIAMTX_API_URL"] = api;
        // Where hooks are to lead nowhere, nothing else may start a stream either.
        if (media.ApiBase is null || options.WithoutHooks)
            settings["DUBBING__MEDIASERVER__RECONCILESECONDS"] = "0";
        if (options.Pipeline is { } pipeline)
        {
            settings["DUBBING__PIPELINES__BYSOURCETYPE__RTMP*"] = pipeline;
            settings["DUBBING__PIPELINES__BYSOURCETYPE__*"] = pipeline;
        }
        foreach (var (name, value) in options.Service)
            settings[name] = value;
        try
        {
            return new Stage(options, media, echo, await StartService(options, settings), settings, segments);
        }
        catch
        {
            await media.DisposeAsync();
            await echo.DisposeAsync();
            segments.Dispose();
            throw;
        }
    }

    /// <summary>Starts the echo server again at its old address, after it was killed.</summary>
    public async Task RestartEcho()
    {
        var port = Echo.Url.Port;
        await Echo.DisposeAsync();
        Echo = await EchoSts.Start(port, Options.Echo);
    }

    /// <summary>Starts the service again at its old address, after it has ended.</summary>
    public async Task RestartService()
    {
        await Service.DisposeAsync();
        Service = await StartService(Options, _settings);
    }

    /// <summary>The invariant, as nginx sees it: nobody ever tried to publish an output that was being published. MediaMTX lets the second one
    /// replace the first, so there it says nothing.</summary>
    /// <exception cref="InvalidOperationException">Somebody did.</exception>
    public void CheckNeverTwoPublishers(params IReadOnlyList<string> ids)
    {
        if (Media is not NginxMediaServer nginx)
            return;
        foreach (var id in ids)
        {
            if (nginx.Rtmp.Publications.Of($"live/{id}/out").Any(publication => publication.IsRefused))
                throw new InvalidOperationException($"live/{id}/out: there were two pipelines of the stream at a time");
        }
    }

    /// <summary><c>GET /v1/streams/{id}</c>.</summary>
    public async Task<JsonNode> Stream(string id) => await Get($"/v1/streams/{id}");

    /// <summary><c>GET /v1/streams/{id}/fragments</c>: the fragments, in order.</summary>
    public async Task<IReadOnlyList<JsonNode>> Fragments(string id) =>
        [.. (await Get($"/v1/streams/{id}/fragments"))["fragments"]!.AsArray().Select(node => node!).OrderBy(node => (long)node["index"]!)];

    /// <summary>The samples of <c>GET /metrics</c> that name a stream: name with its other labels, and value.</summary>
    public async Task<IReadOnlyDictionary<string, double>> Metrics(string id)
    {
        var text = await s_metrics.GetStringAsync(new Uri(Service.Url, "/metrics"));
        var label = $"stream_id=\"{id}\"";
        return text.Split('\n')
            .Where(line => line.Contains(label, StringComparison.Ordinal))
            .Select(line => (Key: line[..line.LastIndexOf(' ')], Value: line[(line.LastIndexOf(' ') + 1)..]))
            .ToDictionary(
                sample => sample.Key.Replace(label + ",", "", StringComparison.Ordinal).Replace("," + label, "", StringComparison.Ordinal)
                    .Replace(label, "", StringComparison.Ordinal).Replace("{}", "", StringComparison.Ordinal),
                sample => double.Parse(sample.Value, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Media.DisposeAsync();
        await Echo.DisposeAsync();
        _segments.Dispose();
    }

    private static Task<DubbingService> StartService(StageOptions options, Dictionary<string, string?> settings) =>
        DubbingService.Start(settings, onLine: line => options.OnServiceLine?.Invoke(line.Text), through: options.ServiceThrough);

    private async Task<JsonNode> Get(string path) =>
        JsonNode.Parse(await Service.Http.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}
