using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Tests;

/// <summary>An nginx with one RTMP application, <c>live</c>, and a publisher: just what the recorder's own test needs.</summary>
internal sealed class RtmpServer : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("rtmp-").FullName;
    private readonly List<Process> processes = [];

    public RtmpServer()
    {
        Url = $"rtmp://127.0.0.1:{FreePort()}/live/test";
        var port = new Uri(Url).Port;
        File.WriteAllText(Path.Combine(folder, "nginx.conf"),
            $$"""
            load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
            daemon off; master_process off; worker_processes 1; pid {{folder}}/nginx.pid; error_log stderr error;
            events { worker_connections 64; }
            rtmp { access_log off; server { listen 127.0.0.1:{{port}}; application live { live on; wait_key on; wait_video on; } } }
            """);
        Start(Executables.Find("nginx", "nginx"), "-e", "stderr", "-p", folder, "-c", Path.Combine(folder, "nginx.conf"));
    }

    public string Url { get; }

    /// <summary>Publishes a clip in real time, once.</summary>
    public void Publish(string clip) =>
        Start("ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-i", clip, "-c", "copy", "-f", "flv", Url);

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private void Start(string file, params string[] arguments) => processes.Add(Process.Start(file, arguments));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
