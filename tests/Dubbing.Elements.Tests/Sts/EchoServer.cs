using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>The project's echo STS server as a process of its own, killed with the test.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = ScriptedServer.Limit };
    private readonly Process _process;

    private EchoServer(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }

    /// <summary>Starts the server on a free port, or on <paramref name="port"/>, and waits until it listens.</summary>
    public static async Task<EchoServer> StartAsync(int port = 0, params (string Name, string Value)[] environment)
    {
        string folder = Path.Combine(RepositoryRoot(), "tools", "echo-sts");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            throw new InvalidOperationException($"{folder} has no node_modules: run npm ci there.");
        var start = new ProcessStartInfo("node", "server.mjs")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            Environment = { ["ECHO_PORT"] = $"{port}", ["ECHO_CLOSE_DELAY_MS"] = "200" },
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync().Bounded();
        using JsonDocument listening = JsonDocument.Parse(line ?? throw new InvalidOperationException("the echo server said nothing"));
        return new EchoServer(process, new Uri(listening.RootElement.GetProperty("listening").GetString()!));
    }

    public async Task SetModesAsync(string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync(new Uri(Url, "/modes"), content);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The server's own counters for a stream.</summary>
    public Task<JsonElement> SummaryAsync(string streamId) =>
        Http.GetFromJsonAsync<JsonElement>(new Uri(Url, $"/journal/summary?stream_id={streamId}"));

    /// <summary>Sends a signal by its name and waits until it was delivered.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync().Bounded();
        Assert.Equal(0, kill.ExitCode);
        if (signal == "KILL")
            await _process.WaitForExitAsync().Bounded();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync().Bounded();
        _process.Dispose();
    }

    public static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dubbing.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
