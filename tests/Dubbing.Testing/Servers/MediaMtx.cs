using System.Net;
using System.Text.Json;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>
/// MediaMTX itself, with the project's own configuration and hook script; only the addresses differ, set by environment variables
/// as its documentation says (<c>MTX_RTMPADDRESS</c>, …).
/// </summary>
public sealed class MediaMtx : IMediaServer
{
    private MediaMtx(ChildProcess process, int rtmp, int rtsp, int api)
    {
        Process = process;
        RtmpBase = $"rtmp://127.0.0.1:{rtmp}";
        RtspBase = $"rtsp://127.0.0.1:{rtsp}";
        ApiBase = $"http://127.0.0.1:{api}";
    }

    /// <summary>The executable that <c>MEDIAMTX_BIN</c> names, null when it is not set.</summary>
    public static string? Executable => Environment.GetEnvironmentVariable("MEDIAMTX_BIN") is { Length: > 0 } path ? path : null;

    /// <summary>The server itself.</summary>
    public ChildProcess Process { get; }

    /// <inheritdoc/>
    public string RtmpBase { get; }

    /// <inheritdoc/>
    public string RtspBase { get; }

    /// <inheritdoc/>
    public string ApiBase { get; }

    /// <inheritdoc/>
    public bool TakesRtspPublishers => true;

    /// <inheritdoc/>
    public bool RelaysAsIs => false;

    /// <inheritdoc/>
    public TimeSpan TrackSearch => TimeSpan.FromSeconds(2);

    /// <summary>Starts it; on return all its ports accept connections.</summary>
    /// <param name="executable">Path of the program.</param>
    /// <param name="hookUrl">Where the hook script sends its events; null: they go nowhere and MediaMTX logs that.</param>
    public static async Task<MediaMtx> Start(string executable, string? hookUrl)
    {
        var ports = FreePorts.Next(5);
        var configuration = Repository.PathTo("deploy/mediamtx/mediamtx.yml");
        var environment = new Dictionary<string, string?>
        {
            ["MTX_RTMPADDRESS"] = $"127.0.0.1:{ports[0]}",
            ["MTX_RTSPADDRESS"] = $"127.0.0.1:{ports[1]}",
            ["MTX_APIADDRESS"] = $"127.0.0.1:{ports[2]}",
            ["MTX_METRICSADDRESS"] = $"127.0.0.1:{ports[3]}",
            // On by default from 1.19 on; older versions ignore the variable.
            ["MTX_MOQ"] = "no",
            ["DUBBING_URL"] = hookUrl ?? $"http://127.0.0.1:{ports[4]}",
        };
        // The hook commands in the configuration are relative to its folder.
        var process = ChildProcess.Start(executable, [configuration], environment, Path.GetDirectoryName(configuration), "mediamtx");
        try
        {
            await Listening.Wait(process, ports.Take(4), TimeSpan.FromSeconds(15));
            return new MediaMtx(process, ports[0], ports[1], ports[2]);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<int> Publishers(string path, CancellationToken cancel = default)
    {
        using var response = await Http.Local.GetAsync($"{ApiBase}/v3/paths/get/{path}", cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return 0;
        response.EnsureSuccessStatusCode();
        using var item = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancel));
        // "ready" up to 1.19 and, as a deprecated copy of "available", after it.
        return Flag(item, "available") || Flag(item, "ready") ? 1 : 0;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static bool Flag(JsonDocument item, string name) =>
        item.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
