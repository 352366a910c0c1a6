using System.Net.Http.Json;
using System.Text.Json;
using Dubbing.Service.Configuration;
using Dubbing.Service.Hosting;
using Dubbing.Service.MediaServer;
using Dubbing.Service.Metrics;
using Dubbing.Service.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Service.Tests.Fakes;

/// <summary>The service on a free port, with its clock and its pipelines in the test's hands.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);
    private readonly string _folder;
    private WebApplication _app = null!;

    private TestService(string folder)
    {
        _folder = folder;
        Launcher = new FakeLauncher(Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public FakeLauncher Launcher { get; }

    public HttpClient Http { get; } = new() { Timeout = _bound };

    public StreamRegistry Streams => _app.Services.GetRequiredService<StreamRegistry>();

    public ConfigurationStore Configuration => _app.Services.GetRequiredService<ConfigurationStore>();

    /// <summary>The settings file; there is none at first.</summary>
    public string SettingsFile => Path.Combine(_folder, "settings.json");

    public string PipelineFolder => Path.Combine(_folder, "pipelines");

    /// <summary>What is logged from now on, at the level the service was started with.</summary>
    public CapturedLog CaptureLog()
    {
        var log = new CapturedLog();
        _app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        return log;
    }

    public string SegmentFolder => Path.Combine(_folder, "segments");

    public static async Task<TestService> StartAsync(params (string Name, string Value)[] settings)
    {
        var service = new TestService(Directory.CreateTempSubdirectory("dubbing-test-").FullName);
        var environment = new Dictionary<string, string>
        {
            ["PORT"] = "0",
            ["LOG_LEVEL"] = "critical",
            ["STS_API_KEY"] = "s3cr3t-key",
            ["DUBBING__MEDIASERVER__RECONCILESECONDS"] = "0",
            ["WORKER_SEGMENT_DIR"] = service.SegmentFolder,
            ["DUBBING__PIPELINES__FOLDER"] = WritePipelines(service._folder),
        };
        foreach (var (name, value) in settings) environment[name] = value;
        var reload = new ConfigurationReload(service.SettingsFile, () => OptionsValidator.Validate(service.SettingsFile, environment, (_, _) => []));
        var (options, faults) = reload.Read();
        Assert.Empty(faults);
        service._app = DubbingApp.Build(options!, _ => _ => new FakeHost(service.Launcher), service.Time, jitter: () => 0.5, reload);
        await service._app.StartAsync();
        service.Http.BaseAddress = new Uri(service._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return service;
    }

    public static string WritePipelines(string folder)
    {
        var pipelines = Directory.CreateDirectory(Path.Combine(folder, "pipelines")).FullName;
        File.WriteAllText(Path.Combine(pipelines, "dub.launch"), "rtspsrc location=${input} ! rtph264depay ! h264parse ! avgate name=gate ! flvmux ! rtmp2sink location=${output}");
        File.WriteAllText(Path.Combine(pipelines, "dub-rtmp.launch"), "rtmp2src name=source location=${input} ! flvdemux ! flvmux ! rtmp2sink location=${output}");
        File.WriteAllText(Path.Combine(pipelines, "egress.launch"), "rtmp2src name=source location=${input} ! queue ! rtmp2sink name=out location=${target}");
        return pipelines;
    }

    public Task<(int Status, string Body)> ReadyAsync(string stream = "a", string source = "s1", string type = "rtmpConn", string query = "") =>
        HookAsync("ready", $$"""{"path":"live/{{stream}}/in","sourceType":"{{type}}","sourceId":"{{source}}","query":{{JsonSerializer.Serialize(query)}}}""");

    public Task<(int Status, string Body)> NotReadyAsync(string stream = "a", string source = "s1") =>
        HookAsync("not-ready", $$"""{"path":"live/{{stream}}/in","sourceType":"rtmpConn","sourceId":"{{source}}"}""");

    public async Task<(int Status, string Body)> HookAsync(string hook, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync($"/v1/mediamtx/events/{hook}", content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static string Field(string json, string field) => JsonDocument.Parse(json).RootElement.GetProperty(field).ToString();

    public Task<JsonElement> GetAsync(string stream = "a") => Http.GetFromJsonAsync<JsonElement>($"/v1/streams/{stream}");

    /// <summary>The answer to a GET.</summary>
    public Task<HttpResponseMessage> AnswerAsync(string path) => Http.GetAsync(path);

    /// <summary>The text of the answer to a GET, which must be a good one.</summary>
    public Task<string> TextAsync(string path) => Http.GetStringAsync(path);

    /// <summary>A request with a JSON body, or none.</summary>
    public async Task<(int Status, string Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        // Who is refused for a body's size hears it before sending: else the connection breaks under the body, and maybe before the answer.
        request.Headers.ExpectContinue = json is not null;
        using var answer = await Http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return ((int)answer.StatusCode, body);
    }

    /// <summary>Waits until the stream's status fits.</summary>
    public async Task<StreamStatus> UntilAsync(Func<StreamStatus, bool> fits, string id = "a")
    {
        var stream = Streams.Find(id)!;
        var fitting = new TaskCompletionSource<StreamStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(StreamStatus status)
        {
            if (fits(status)) fitting.TrySetResult(status);
        }

        stream.Changed += Look;
        Look(stream.Status);
        try
        {
            return await fitting.Task.WaitAsync(_bound);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the stream is {stream.Status}");
        }
        finally
        {
            stream.Changed -= Look;
        }
    }

    public Task<StreamStatus> UntilAsync(StreamState state, string id = "a") => UntilAsync(status => status.State == state, id);

    /// <summary>Until another try is due, in the future: what the last one was is still told while its pipeline is launched already.</summary>
    public Task<StreamStatus> UntilRetryAsync() => UntilAsync(status => status.NextTryAt > Time.GetUtcNow());

    /// <summary>Does what is done once a second.</summary>
    public void Poll() => _app.Services.GetRequiredService<IEnumerable<IHostedService>>().OfType<StatsPoller>().Single().Poll();

    /// <summary>Compares once with the media server's list; nothing else does.</summary>
    public Task ReconcileAsync() => _app.Services.GetRequiredService<IEnumerable<IHostedService>>().OfType<Reconciler>().Single().PassAsync(TestContext.Current.CancellationToken);

    /// <summary>Stops the service as SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Launcher.EndsWhenAsked = true;
        await _app.DisposeAsync();
        Http.Dispose();
        await Testing.Poll.Until(IsDeleted, TimeSpan.FromSeconds(10), () => $"{_folder} can't be deleted");
    }

    // Streams that were not stopped may still be at their folders.
    private bool IsDeleted()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
