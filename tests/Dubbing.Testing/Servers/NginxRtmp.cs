using System.Globalization;
using System.Xml.Linq;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>
/// RTMP by nginx with Debian's libnginx-mod-rtmp (1.2.2): one process, one <c>application live/&lt;id&gt;</c> for each id, stream names
/// <c>in</c> and <c>out</c>. Application names may contain a slash, as RTMP clients take everything before the last one for it.
/// </summary>
/// <remarks>
/// Measured: packets reach a reader at once, in the publisher's order, timestamps and payload unchanged (0.00 ms, first to last). A reader that
/// joins late gets both sequence headers, then audio at once and video from the next key frame on (<c>wait_key</c>): up to one GOP of
/// audio comes before the first picture, as with MediaMTX. A second publisher of a path is refused, where MediaMTX replaces the first.
/// </remarks>
public sealed class NginxRtmp : IAsyncDisposable
{
    private static readonly string[] s_moduleFolders = ["/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules"];

    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;
    private readonly string _statistics;

    private NginxRtmp(TemporaryFolder folder, ChildProcess process, int rtmpPort, int httpPort)
    {
        _folder = folder;
        _process = process;
        RtmpBase = $"rtmp://127.0.0.1:{rtmpPort}";
        _statistics = $"http://127.0.0.1:{httpPort}/statistics";
    }

    /// <summary><c>rtmp://127.0.0.1:PORT</c>.</summary>
    public string RtmpBase { get; }

    /// <summary>nginx itself: for signals (frozen by SIGSTOP it is a half-open peer) and its log.</summary>
    public ChildProcess Process => _process;

    /// <summary>Starts it; on return it accepts connections.</summary>
    /// <param name="ids">Stream ids: letters, digits, <c>-</c>, <c>_</c>.</param>
    /// <param name="options">Hook and behaviour.</param>
    public static async Task<NginxRtmp> Start(IEnumerable<string> ids, NginxRtmpOptions options)
    {
        var nginx = Executables.Find("nginx", "nginx");
        var module = s_moduleFolders.Select(folder => Path.Combine(folder, "ngx_rtmp_module.so")).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("ngx_rtmp_module.so not found: install the Debian package libnginx-mod-rtmp (scripts/setup.sh does).");
        var ports = options.Port is { } port ? [port, FreePorts.Next()] : FreePorts.Next(2);
        var folder = new TemporaryFolder();
        var configuration = folder.File("nginx.conf");
        await File.WriteAllTextAsync(configuration, NginxConfiguration.Write(module, folder.Path, ports[0], ports[1], ids, options));

        var process = ChildProcess.Start(nginx, ["-e", "stderr", "-p", folder.Path, "-c", configuration], name: "nginx");
        var server = new NginxRtmp(folder, process, ports[0], ports[1]);
        try
        {
            await Listening.Wait(process, ports, TimeSpan.FromSeconds(10));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many publishers a path has now.</summary>
    public async Task<int> Publishers(string path, CancellationToken cancel = default)
    {
        var slash = path.LastIndexOf('/');
        var statistics = XDocument.Parse(await Http.Local.GetStringAsync(_statistics, cancel));
        return statistics.Descendants("application")
            .Where(application => (string?)application.Element("name") == path[..slash])
            .Descendants("stream")
            .Where(stream => (string?)stream.Element("name") == path[(slash + 1)..])
            .Sum(stream => stream.Elements("client").Count(client => client.Element("publishing") is not null));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    internal static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + "s";
}
