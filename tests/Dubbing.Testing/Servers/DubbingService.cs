using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>The service itself as an operator runs it: the built executable, settings by environment, on a free port of 127.0.0.1.</summary>
public sealed class DubbingService : IAsyncDisposable
{
    /// <summary>SIGTERM drains the streams, which the service does within 20 s by default.</summary>
    private static readonly TimeSpan s_drainTime = TimeSpan.FromSeconds(25);

    private DubbingService(ChildProcess process, Uri url)
    {
        Process = process;
        Url = url;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(10) };
    }

    /// <summary>The executable as it was last built, compiled ahead as it is for operators.</summary>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    public static string Executable => Repository.PathTo("artifacts/dubbing/dubbing");

    /// <summary>Where it listens; also what the hook script takes as DUBBING_URL.</summary>
    public Uri Url { get; }

    /// <summary>For its API; base address is <see cref="Url"/>.</summary>
    public HttpClient Http { get; }

    /// <summary>The process: log lines, signals, exit code.</summary>
    public ChildProcess Process { get; }

    /// <summary>Starts it; on return <c>GET /health</c> answers.</summary>
    /// <param name="settings">Environment variables; PORT is set here unless given.</param>
    /// <param name="startTimeout">How long it may take; 20 s when null.</param>
    /// <param name="onLine">Called for each line of its log, see <see cref="ChildProcess.Start"/>.</param>
    /// <param name="through">A command that gets the executable as its last argument and becomes it; null: none.</param>
    /// <exception cref="InvalidOperationException">It ended instead (wrong settings); the message carries its last lines.</exception>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public static async Task<DubbingService> Start(
        IReadOnlyDictionary<string, string?> settings, TimeSpan? startTimeout = null, Action<OutputLine>? onLine = null,
        IReadOnlyList<string>? through = null)
    {
        var environment = new Dictionary<string, string?>(settings);
        if (!environment.TryGetValue("PORT", out var port) || port is null)
            environment["PORT"] = port = $"{FreePorts.Next()}";
        environment.TryAdd("ASPNETCORE_URLS", $"http://127.0.0.1:{port}");

        IReadOnlyList<string> command = [.. through ?? [], Executable];
        var process = ChildProcess.Start(command[0], command.Skip(1), environment, name: "dubbing", onLine: onLine);
        var service = new DubbingService(process, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await service.WaitForHealth(startTimeout ?? TimeSpan.FromSeconds(20));
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it as an operator would (SIGTERM); returns the exit code.</summary>
    public Task<int> Stop() => Process.Stop(s_drainTime);

    /// <summary>SIGKILL to it and all its processes.</summary>
    public void Kill() => Process.Signal(UnixSignal.Kill);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }

    private Task WaitForHealth(TimeSpan timeout) => Poll.Until(async () =>
    {
        if (Process.Exited.IsCompleted)
            throw new InvalidOperationException($"The service ended with code {await Process.Exited}.{Process.Tail()}");
        return await IsHealthy();
    }, timeout, () => $"the service does not answer GET /health.{Process.Tail()}");

    private async Task<bool> IsHealthy()
    {
        try
        {
            using var response = await Http.GetAsync(new Uri("/health", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }
}
