using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The Debian package, in a root of its own: the machine's packages are not touched.</summary>
public sealed class PackageTests(StockPrograms programs)
{
    [Fact]
    public async Task It_installs_works_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        var (packages, _) = await programs.RunAsync(Repository.PathTo("scripts/package-plugin.sh"), [folder.File("dist")]);
        var package = packages.Single(line => line.Contains("/gstreamer1.0-dubbing_", StringComparison.Ordinal));
        var root = folder.File("root");
        foreach (var state in new[] { "info", "updates" })
            Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg", state));
        await File.WriteAllTextAsync(Path.Combine(root, "var/lib/dpkg/status"), "", TestContext.Current.CancellationToken);

        await DpkgAsync(root, "--install", package);
        var plugin = Assert.Single(Directory.GetFiles(root, "libgstdubbing.so*", SearchOption.AllDirectories));
        Assert.Matches(@"/usr/lib/[a-z0-9_]+-linux-gnu/gstreamer-1\.0/libgstdubbing\.so$", plugin);
        var (lines, _) = await programs.RunAsync("gst-inspect-1.0", ["dubbing"], new Dictionary<string, string?>
        {
            ["GST_PLUGIN_PATH"] = Path.GetDirectoryName(plugin),
            ["GST_PLUGIN_SYSTEM_PATH"] = "",
            ["GST_REGISTRY"] = folder.File("registry"),
        });
        Assert.Contains(lines, line => line.EndsWith(plugin, StringComparison.Ordinal));

        await DpkgAsync(root, "--purge", "gstreamer1.0-dubbing");
        Assert.Empty(Directory.GetFiles(root, "*dubbing*", SearchOption.AllDirectories));
    }

    // The empty root has none of the packages that it depends on; no script of any package runs.
    private async Task DpkgAsync(string root, string action, string what) => await programs.RunAsync("dpkg",
        [$"--root={root}", "--force-depends", "--force-not-root", action, what],
        new Dictionary<string, string?> { ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin" });
}
