using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>The project's echo STS server (<c>tools/echo-sts</c>) on a free port of 127.0.0.1.</summary>
public sealed class EchoSts : IAsyncDisposable
{
    private EchoSts(ChildProcess process, Uri url)
    {
        Process = process;
        Url = url;
    }

    /// <summary>Where it listens, for Socket.IO and HTTP.</summary>
    public Uri Url { get; }

    /// <summary>Node itself: for SIGKILL, SIGSTOP and SIGCONT.</summary>
    public ChildProcess Process { get; }

    /// <summary>Starts it; on return it accepts connections.</summary>
    /// <param name="port">A port to come back on after a kill; 0: any.</param>
    /// <param name="environment">Its further settings (<c>ECHO_…</c>).</param>
    public static async Task<EchoSts> Start(int port = 0, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var settings = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
        {
            ["ECHO_HOST"] = "127.0.0.1",
            ["ECHO_PORT"] = $"{port}",
        };
        var process = ChildProcess.Start(
            Executables.Find("node", "nodejs"), [Repository.PathTo("tools/echo-sts/server.mjs")], settings, name: "echo-sts");
        try
        {
            var line = await process.WaitForLine(line => !line.IsError && line.Text.StartsWith("{\"listening\"", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
            using var json = JsonDocument.Parse(line.Text);
            return new EchoSts(process, new Uri(json.RootElement.GetProperty("listening").GetString()!));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Switches modes at run time; takes effect with the next fragment.</summary>
    /// <param name="modes">An object as <c>POST /modes</c> takes it.</param>
    public async Task SetModes(JsonObject modes)
    {
        using var response = await Http.Local.PostAsJsonAsync(new Uri(Url, "/modes"), modes);
        await EnsureAccepted(response);
    }

    /// <summary>Back to the modes it started with.</summary>
    public async Task ResetModes()
    {
        using var response = await Http.Local.PostAsync(new Uri(Url, "/modes/reset"), content: null);
        await EnsureAccepted(response);
    }

    /// <summary>Everything it got and sent so far, as <c>GET /journal</c> answers.</summary>
    public async Task<JsonNode> Journal() => JsonNode.Parse(await Http.Local.GetStringAsync(new Uri(Url, "/journal")))!;

    /// <summary>The journal of one stream in numbers.</summary>
    public async Task<JsonNode> Summary(string streamId) =>
        JsonNode.Parse(await Http.Local.GetStringAsync(new Uri(Url, $"/journal/summary?stream_id={Uri.EscapeDataString(streamId)}")))!;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static async Task EnsureAccepted(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"echo-sts answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }
}
