using System.Text.Json;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>
/// RTSP by GStreamer's server library (<c>tools/rtsp-server</c>): serves what an RTMP server has, packets untouched. A path without publisher
/// is refused when a reader asks for it.
/// </summary>
public sealed class RtspServer : IAsyncDisposable
{
    private RtspServer(ChildProcess process, string rtspBase)
    {
        Process = process;
        RtspBase = rtspBase;
    }

    /// <summary><c>rtsp://127.0.0.1:PORT</c>.</summary>
    public string RtspBase { get; }

    /// <summary>The server itself.</summary>
    public ChildProcess Process { get; }

    /// <summary>Starts it; on return it accepts connections.</summary>
    /// <param name="rtmpBase">The RTMP server that has the streams.</param>
    /// <param name="paths">The paths to serve.</param>
    /// <param name="videoOnly">Those of them that have no audio.</param>
    public static async Task<RtspServer> Start(string rtmpBase, IEnumerable<string> paths, IEnumerable<string>? videoOnly = null)
    {
        var process = ChildProcess.Start(
            // Debian's own interpreter: another one in PATH has no python3-gi.
            "/usr/bin/python3",
            [Repository.PathTo("tools/rtsp-server/rtsp-server.py"), "--rtmp", rtmpBase, "--port", $"{FreePorts.Next()}",
                .. (videoOnly ?? []).SelectMany(path => new[] { "--video-only", path }), .. paths],
            name: "rtsp-server");
        try
        {
            var line = await process.WaitForLine(line => !line.IsError && line.Text.Contains("\"listening\"", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
            using var json = JsonDocument.Parse(line.Text);
            return new RtspServer(process, json.RootElement.GetProperty("listening").GetString()!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
