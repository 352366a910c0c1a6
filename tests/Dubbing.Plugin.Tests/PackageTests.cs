using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The Debian package and <c>make install-plugin</c>, in a root of their own: the machine's files are not touched.</summary>
public sealed class PackageTests(StockPrograms programs)
{
    [Theory]
    [InlineData("", "/usr/local")]
    [InlineData("/staged", "/usr")]
    public async Task Make_installs_it_where_programs_look(string destination, string prefix)
    {
        using var folder = new TemporaryFolder();
        // Whoever packs it gives a DESTDIR; else the prefix is where it stays.
        if (destination.Length == 0)
            prefix = folder.Path + prefix;
        else
            destination = folder.Path + destination;
        // -o: what is built is taken as it is.
        await programs.RunAsync("make", ["-s", "-C", Repository.Root, "-o", "plugin", "install-plugin", $"PREFIX={prefix}", $"DESTDIR={destination}"]);

        var plugin = Assert.Single(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        Assert.StartsWith($"{destination}{prefix}/lib/", plugin, StringComparison.Ordinal);
        await AssertFoundAsync(plugin);
    }

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
        Assert.StartsWith($"{root}/usr/lib/", plugin, StringComparison.Ordinal);
        await AssertFoundAsync(plugin);

        await DpkgAsync(root, "--purge", "gstreamer1.0-dubbing");
        Assert.Empty(Directory.GetFiles(root, "*dubbing*", SearchOption.AllDirectories));
    }

    private async Task AssertFoundAsync(string plugin)
    {
        Assert.Matches(@"/lib/[a-z0-9_]+-linux-gnu/gstreamer-1\.0/libgstdubbing\.so$", plugin);
        using var folder = new TemporaryFolder();
        var (lines, _) = await programs.RunAsync("gst-inspect-1.0", ["dubbing"], new Dictionary<string, string?>
        {
            ["GST_PLUGIN_PATH"] = Path.GetDirectoryName(plugin),
            ["GST_PLUGIN_SYSTEM_PATH"] = "",
            ["GST_REGISTRY"] = folder.File("registry"),
        });
        Assert.Contains(lines, line => line.EndsWith(plugin, StringComparison.Ordinal));
    }

    // The empty root has none of the packages that it depends on; no script of any package runs.
    private async Task DpkgAsync(string root, string action, string what) => await programs.RunAsync("dpkg",
        [$"--root={root}", "--force-depends", "--force-not-root", action, what],
        new Dictionary<string, string?> { ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin" });
}
