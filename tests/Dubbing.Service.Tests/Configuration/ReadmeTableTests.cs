using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Dubbing.Service.Configuration;
using Microsoft.Extensions.Configuration;

namespace Dubbing.Service.Tests.Configuration;

/// <summary>The README's table has every key with its default and its older name, and no other.</summary>
public sealed partial class ReadmeTableTests
{
    private static readonly string _root = RootOf();

    [Fact]
    public void Keys_and_defaults_are_those_of_the_settings_file()
    {
        var file = Settings();
        Assert.Equal(file.Keys.Order(StringComparer.Ordinal), Rows().Select(row => row.Key).Order(StringComparer.Ordinal));
        Assert.All(Rows(), row => Assert.Equal((row.Key, file[row.Key]), (row.Key, row.Default)));
    }

    [Fact]
    public void Older_names_are_those_that_work() =>
        Assert.All(Rows(), row => Assert.Equal((row.Key, EnvironmentNames.For(row.Key) ?? ""), (row.Key, row.OlderName)));

    [Fact]
    public void The_delay_in_the_text_is_that_of_the_defaults()
    {
        var file = Settings();
        int Ms(string key) => int.Parse(file[key], CultureInfo.InvariantCulture);
        var delay = Ms("Segments:FragmentMs") + Ms("Sts:TimeoutMs") + Ms("Sts:MarginMs");
        Assert.Contains($"{delay / 1000} s by default", File.ReadAllText(Path.Combine(_root, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_streams_settings_are_those_that_there_are() => Assert.Equal(
        StreamSetting.All.Select(setting => $"{setting.Name}|{setting.Query}|{setting.Key}|{setting.DefaultKey}"),
        Section("## Settings of a stream").Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => string.Join('|', line.Split('|').Skip(1).Take(4).Select(cell => cell.Trim(' ', '`')))));

    private static IEnumerable<string> Section(string title) => File.ReadLines(Path.Combine(_root, "README.md"))
        .SkipWhile(line => line != title).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));

    private static List<(string Key, string Default, string OlderName)> Rows()
    {
        var rows = Section("## Configuration").Select(line => Row().Match(line)).Where(match => match.Success)
            .Select(match => (match.Groups["key"].Value, match.Groups["default"].Value, match.Groups["older"].Value)).ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    // Settings whose default follows from another one stand in the file as comments; here they count.
    private static Dictionary<string, string> Settings()
    {
        var text = CommentedSetting().Replace(File.ReadAllText(Path.Combine(_root, "src/Dubbing.Service/appsettings.json")), ", ${setting}");
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        return new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("Dubbing")
            .AsEnumerable(makePathsRelative: true).Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);
    }

    private static string RootOf([CallerFilePath] string caller = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, "../../.."));

    [GeneratedRegex(@"^\| `(?<key>[^`]+)` \|(?: `(?<default>[^`]+)`)? \|(?: `(?<older>[A-Z_]+)`)? \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"// (?<setting>""\w+"": ""[^""]*"").*")]
    private static partial Regex CommentedSetting();
}
