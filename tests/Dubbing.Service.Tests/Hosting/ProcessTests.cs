using System.Diagnostics;
using Dubbing.Service.Tests.Fakes;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Service.Tests.Hosting;

/// <summary>The executable itself: what it says, how it ends.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("dubbing-test-").FullName;
    private Process? _process;

    [Fact]
    public async Task A_bad_configuration_ends_the_start_with_78_and_a_line_a_fault()
    {
        var process = Start(("PORT", "x"), ("LOG_LEVEL", "loud"));
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        Assert.Equal(78, process.ExitCode);
        Assert.Equal(
            """
            Dubbing:Port (PORT): 'x' is not valid; give a whole number from 0 to 65535
            Dubbing:LogLevel (LOG_LEVEL): 'loud' is not valid; give one of trace, debug, info, information, warn, warning, error, critical

            """, errors);
    }

    [Theory]
    [InlineData("DUBBING__ADDRESS", "192.0.2.77", "Dubbing:Address, Dubbing:Port: 192.0.2.77:8080 can't be listened on: ")]
    [InlineData("DUBBING_SETTINGS", "/nowhere/setings.json", "/nowhere/setings.json: the settings file is not there")]
    public async Task What_makes_no_sense_here_ends_the_start_with_78_and_one_line(string name, string value, string fault)
    {
        var process = Start((name, value));
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        Assert.Equal(78, process.ExitCode);
        Assert.StartsWith(fault, errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Without_tls_an_rtmps_target_is_a_fault()
    {
        // GLib's modules are elsewhere: as if glib-networking were not installed.
        var process = Start(("GIO_MODULE_DIR", _folder), ("DUBBING__STREAMS__a__EGRESS", "rtmps://example.com/app/s3cr3t"));
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        Assert.Equal(78, process.ExitCode);
        Assert.Equal(
            "Dubbing:Pipelines:Egress: egress.launch: rtmps and rtsps need TLS, which GLib does not have here; install the Debian package glib-networking\n", errors);
    }

    [Fact]
    public async Task Sigterm_drains_and_ends_with_0_and_no_secret_was_logged()
    {
        var process = Start(("PORT", "0"), ("STS_API_KEY", "s3cr3t-key"), ("LOG_LEVEL", "debug"),
            ("MEDIAMTX_RTMP_URL", "rtmp://user:s3cr3t-password@127.0.0.1:1"));
        var log = new List<string>();
        string? line;
        while ((line = await NextAsync(process)) is not null && !line.Contains("dubbing listens on")) log.Add(line);
        Assert.NotNull(line);
        log.Add(line);
        var address = line.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd(';');
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = _bound };
        using var hook = new StringContent("""{"path":"live/a/in","sourceType":"rtmpConn","sourceId":"x"}""");
        Assert.True((await http.PostAsync(new Uri("/v1/mediamtx/events/ready", UriKind.Relative), hook, TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        // The pipeline runs against a port where nobody listens: its error has to be in the log.
        while ((line = await NextAsync(process)) is not null)
        {
            log.Add(line);
            if (line.Contains(": Connection refused: ")) break;
        }

        var streams = await http.GetStringAsync(new Uri("/v1/streams", UriKind.Relative), TestContext.Current.CancellationToken);
        ProcessTree.Signal(process.Id, UnixSignal.Terminate);
        while ((line = await NextAsync(process)) is not null) log.Add(line);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_bound, TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains(log, entry => entry.EndsWith("drained", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cr3t", string.Join('\n', log) + streams);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string?> NextAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(_bound, TestContext.Current.CancellationToken);

    private Process Start(params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(DubbingService.Executable) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["WORKER_SEGMENT_DIR"] = Path.Combine(_folder, "segments");
        start.Environment["DUBBING__PIPELINES__FOLDER"] = TestService.WritePipelines(_folder);
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return _process = Process.Start(start)!;
    }
}
