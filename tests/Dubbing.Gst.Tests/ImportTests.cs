using System.Reflection;
using System.Runtime.InteropServices;

namespace Dubbing.Gst.Tests;

public class ImportTests
{
    // LibraryImport makes a DllImport of its own beside, or in, each method.
    private static readonly (string Library, string Entry)[] Imports =
        [.. typeof(global::Gst.Application).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(m => m.GetCustomAttribute<LibraryImportAttribute>() is { } imported
                ? (imported.LibraryName, imported.EntryPoint ?? m.Name)
                : m.GetCustomAttribute<DllImportAttribute>() is { } native ? (native.Value, native.EntryPoint ?? m.Name) : ("", ""))
            .Where(i => i.Item1.Length > 0).Distinct()];

    [Fact]
    public void Every_entry_point_exists_in_its_library()
    {
        Assert.InRange(Imports.Length, 100, 1000);
        var missing = Imports.Where(i => !NativeLibrary.TryGetExport(NativeLibrary.Load(i.Library), i.Entry, out _));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_entry_point_in_the_sources_was_seen()
    {
        var sources = Directory.EnumerateFiles(
            Path.Combine(Dubbing.Testing.Fixtures.RepoRoot.Path, "native", "Dubbing.Gst"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));
        var named = sources.SelectMany(File.ReadLines)
            .Select(line => System.Text.RegularExpressions.Regex.Match(line, "LibraryImport.*EntryPoint = \"(\\w+)\""))
            .Where(m => m.Success).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Equal(named.Order(), Imports.Select(i => i.Entry).Distinct().Order());
    }
}
