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
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(10);

    // A hook gives up after 5 s.
    private static readonly TimeSpan s_hooks = TimeSpan.FromSeconds(10);
    private static readonly string[] s_moduleFolders = ["/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules"];

    private readonly TemporaryFolder _folder;
    private readonly IReadOnlyList<int> _ports;
    private readonly string _statistics;

    private NginxRtmp(TemporaryFolder folder, int rtmpPort, int httpPort)
    {
        _folder = folder;
        _ports = [rtmpPort, httpPort];
        RtmpBase = $"rtmp://127.0.0.1:{rtmpPort}";
        _statistics = $"http://127.0.0.1:{httpPort}/statistics";
        Process = Run();
    }

    /// <summary><c>rtmp://127.0.0.1:PORT</c>.</summary>
    public string RtmpBase { get; }

    /// <summary>nginx itself: for signals (frozen by SIGSTOP it is a half-open peer) and its log.</summary>
    public ChildProcess Process { get; private set; }

    /// <summary>Who published what.</summary>
    public PublicationLog Publications { get; } = new();

    private string Configuration => _folder.File("nginx.conf");

    /// <summary>Starts it; on return it accepts connections.</summary>
    /// <param name="ids">Stream ids: letters, digits, <c>-</c>, <c>_</c>.</param>
    /// <param name="options">Hook and behaviour.</param>
    public static async Task<NginxRtmp> Start(IEnumerable<string> ids, NginxRtmpOptions options)
    {
        var module = s_moduleFolders.Select(folder => Path.Combine(folder, "ngx_rtmp_module.so")).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("ngx_rtmp_module.so not found: install the Debian package libnginx-mod-rtmp (scripts/setup.sh does).");
        var ports = options.Port is { } port ? [port, FreePorts.Next()] : FreePorts.Next(2);
        var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("nginx.conf"), NginxConfiguration.Write(module, folder.Path, ports[0], ports[1], ids, options));

        var server = new NginxRtmp(folder, ports[0], ports[1]);
        try
        {
            await Listening.Wait(server.Process, ports, s_start);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it; every connection breaks, and nobody hears a hook.</summary>
    public async Task Kill()
    {
        Process.Signal(UnixSignal.Kill);
        await Process.Exited.WaitAsync(ChildProcess.DefaultGrace);
        Publications.Reset();
        NginxConfiguration.ForgetPublishers(_folder.Path);
    }

    /// <summary>Starts it again at its old address, after <see cref="Kill"/>; on return it accepts connections.</summary>
    public async Task StartAgain()
    {
        await Process.DisposeAsync();
        Process = Run();
        await Listening.Wait(Process, _ports, s_start);
    }

    /// <summary>How many publishers a path has now.</summary>
    public Task<int> Publishers(string path, CancellationToken cancel = default) => Clients(path, publishing: true, cancel);

    /// <summary>How many readers a path has now, those that wait included.</summary>
    public Task<int> Readers(string path, CancellationToken cancel = default) => Clients(path, publishing: false, cancel);

    private async Task<int> Clients(string path, bool publishing, CancellationToken cancel)
    {
        var slash = path.LastIndexOf('/');
        var statistics = XDocument.Parse(await Http.Local.GetStringAsync(_statistics, cancel));
        return statistics.Descendants("application")
            .Where(application => (string?)application.Element("name") == path[..slash])
            .Descendants("stream")
            .Where(stream => (string?)stream.Element("name") == path[(slash + 1)..])
            .Sum(stream => stream.Elements("client").Count(client => client.Element("publishing") is not null == publishing));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        // Hooks outlive it, and write here.
        await Poll.Until(() => ProcessTree.WithArgument(_folder.Path).Count == 0, s_hooks, () => "a hook runs");
        _folder.Dispose();
    }

    // Its one thread relays for all: on a busy machine each of ten streams would be as late as it. A media server's host has a place for it.
    private ChildProcess Run()
    {
        var process = ChildProcess.Start(Executables.Find("nginx", "nginx"), ["-e", "stderr", "-p", _folder.Path, "-c", Configuration], name: "nginx",
            onLine: line => Publications.Read(line.Text));
        ProcessTree.PutFirst(process.Id);
        return process;
    }

    internal static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + "s";
}
