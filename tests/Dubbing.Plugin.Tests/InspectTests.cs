using System.Text.RegularExpressions;
using Dubbing.Testing.Fixtures;

namespace Dubbing.Plugin.Tests;

/// <summary>What <c>gst-inspect-1.0</c> shows is compared whole with <c>snapshots/*.txt</c>.</summary>
public sealed partial class InspectTests(StockPrograms programs, ITestOutputHelper output)
{
    private const long LargestPlugin = 8_000_000;
    private static readonly TimeSpan WarmLimit = TimeSpan.FromMilliseconds(300);

    // GStreamer's own: their texts differ from release to release.
    private static readonly HashSet<string> Inherited =
    [
        "async", "automatic-eos", "blocksize", "do-timestamp", "enable-last-sample", "last-sample", "max-bitrate", "max-lateness", "name",
        "num-buffers", "parent", "processing-deadline", "qos", "render-delay", "sync", "throttle-time", "ts-offset", "typefind",
    ];

    [Theory]
    [InlineData("dubbing")]
    [InlineData("stssink")]
    [InlineData("stssrc")]
    [InlineData("livetimestamper")]
    [InlineData("rtpinfo")]
    [InlineData("flvgate")]
    [InlineData("avgate")]
    public async Task It_reads_as_it_did(string name)
    {
        var (lines, _) = await programs.RunAsync("gst-inspect-1.0", [name]);
        var shown = Normalised(lines);
        var snapshot = Path.Combine(RepoRoot.Path, $"tests/Dubbing.Plugin.Tests/snapshots/{name}.txt");
        // For a change that is meant: UPDATE_SNAPSHOTS=1 writes what is shown, and the test fails all the same.
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(snapshot, shown, TestContext.Current.CancellationToken);
            Assert.Fail($"{snapshot} was written");
        }
        Assert.Equal(await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken), shown);
    }

    [Fact]
    public async Task It_is_small_and_loads_fast()
    {
        Assert.InRange(new FileInfo(StockPrograms.PluginFile).Length, 1, LargestPlugin);
        var times = new List<TimeSpan>();
        for (var run = 0; run < 5; run++)
            times.Add((await programs.RunAsync("gst-inspect-1.0", ["stssrc"])).Time);
        output.WriteLine("gst-inspect-1.0 stssrc, ms: " + string.Join(' ', times.Select(time => $"{time.TotalMilliseconds:0}")));
        Assert.True(times.Min() < WarmLimit, $"the best of {times.Count} took {times.Min().TotalMilliseconds:0} ms");
    }

    [Theory]
    [InlineData("GST_REGISTRY_FORK", "no")]
    [InlineData("GST_REGISTRY_FORK", "yes")]
    public async Task A_first_scan_finds_all_elements(string variable, string value)
    {
        using var folder = new Dubbing.Testing.Processes.TemporaryFolder();
        var (lines, _) = await programs.RunAsync("gst-inspect-1.0", ["dubbing"], new Dictionary<string, string?>
        {
            [variable] = value,
            ["GST_REGISTRY"] = folder.File("registry"),
            // Only this plugin: the system's own take long and may say things of their own.
            ["GST_PLUGIN_SYSTEM_PATH"] = "",
        });
        Assert.Contains("  6 features:", lines);
        Assert.DoesNotContain(lines, line => line.Contains("WARNING", StringComparison.Ordinal) || line.Contains("CRITICAL", StringComparison.Ordinal));
    }

    private static string Normalised(IEnumerable<string> lines)
    {
        var kept = new List<string>();
        var skipping = false;
        foreach (var line in lines)
        {
            if (Property().Match(line) is { Success: true } property)
                skipping = Inherited.Contains(property.Groups[1].Value);
            if (!skipping && !Varying().IsMatch(line))
                kept.Add(StatsField().Replace(line, "      ").TrimEnd());
        }
        return string.Join('\n', kept).Trim() + "\n";
    }

    [GeneratedRegex("^  ([a-z][a-z0-9-]*) *: ")]
    private static partial Regex Property();

    [GeneratedRegex("^  (Filename|Version) ")]
    private static partial Regex Varying();

    [GeneratedRegex("^ {30,}")]
    private static partial Regex StatsField();
}
