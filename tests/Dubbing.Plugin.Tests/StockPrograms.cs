using System.Diagnostics;
using Dubbing.Plugin.Tests;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

[assembly: AssemblyFixture(typeof(StockPrograms))]

namespace Dubbing.Plugin.Tests;

/// <summary>Programs that know nothing of this project, with the built plugin on GST_PLUGIN_PATH and a registry of their own.</summary>
public sealed class StockPrograms : IAsyncLifetime
{
    // Long enough for every program here on a loaded machine; each ends by itself.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    /// <summary>The built plugin.</summary>
    public static string PluginFile => Repository.PathTo("artifacts/plugin/libgstdubbing.so");

    /// <summary>What the programs get beside this process's own environment.</summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["GST_PLUGIN_PATH"] = Path.GetDirectoryName(PluginFile),
        ["GST_REGISTRY"] = _folder.File("registry"),
        ["GST_DEBUG_NO_COLOR"] = "1",
        ["G_DEBUG"] = "fatal-criticals",
        ["NO_PROXY"] = "127.0.0.1",
    };

    /// <summary>Scans all plugins, once for all tests.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(PluginFile))
            throw new FileNotFoundException($"There is no {PluginFile}: make plugin.");
        await RunAsync("gst-inspect-1.0", ["dubbing"]);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Passed as they are.</param>
    /// <param name="more">Added to <see cref="Environment"/>.</param>
    /// <param name="folder">Working directory.</param>
    public ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? more = null, string? folder = null)
    {
        var environment = Environment;
        foreach (var (key, value) in more ?? new Dictionary<string, string?>())
            environment[key] = value;
        return ChildProcess.Start(program, arguments, environment, folder);
    }

    /// <summary>Runs a program to its end, which must be a good one.</summary>
    /// <returns>What it wrote, and how long it took.</returns>
    public async Task<(IReadOnlyList<string> Lines, TimeSpan Time)> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? more = null, string? folder = null)
    {
        var clock = Stopwatch.StartNew();
        await using var process = Start(program, arguments, more, folder);
        var code = await process.Exited.WaitAsync(Limit);
        Assert.True(code == 0, $"{program} ended with {code}.{process.Tail()}");
        return (process.Lines.Select(line => line.Text).ToList(), clock.Elapsed);
    }

    /// <summary>Compiles a program of <c>tests/consumers/c</c>, without a warning.</summary>
    /// <param name="name">Its name, without <c>.c</c>.</param>
    /// <param name="folder">Where it is put.</param>
    /// <param name="libraries">What pkg-config calls what it needs.</param>
    /// <returns>The executable, in <paramref name="folder"/>.</returns>
    public async Task<string> CompileAsync(string name, TemporaryFolder folder, string libraries = "gstreamer-1.0")
    {
        var executable = folder.File(Path.GetFileName(name));
        await RunAsync("sh", ["-euc",
            $"gcc -Wall -Wextra -Werror '{Repository.PathTo($"tests/consumers/c/{name}.c")}' -o '{executable}' $(pkg-config --cflags --libs {libraries})"]);
        return executable;
    }

    /// <summary>Lets GStreamer log, at the end, every object that is still there.</summary>
    /// <param name="log">The file; see <see cref="AssertNoLeaksAsync"/>.</param>
    /// <param name="more">Further tracers.</param>
    public static Dictionary<string, string?> LeaksTracer(string log, string more = "") => new()
    {
        ["GST_TRACERS"] = $"leaks{more}",
        ["GST_DEBUG"] = "GST_TRACER:7",
        ["GST_DEBUG_FILE"] = log,
    };

    /// <summary>The tracer was there, and found nothing.</summary>
    public static async Task AssertNoLeaksAsync(string log)
    {
        var lines = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
        Assert.Contains(lines, line => line.Contains("object-alive.class", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("object-alive,", StringComparison.Ordinal)
            && !line.Contains("new format string", StringComparison.Ordinal));
    }
}
