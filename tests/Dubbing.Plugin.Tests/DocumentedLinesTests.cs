using System.Text.RegularExpressions;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The lines of <c>docs/elements.md</c> run as they stand there, but for the server's port and where files are written.</summary>
public sealed class DocumentedLinesTests(StockPrograms programs)
{
    [Fact]
    public async Task The_first_dubs_a_file_and_shows_the_messages()
    {
        await using var sts = await EchoSts.Start();
        using var folder = new TemporaryFolder();
        var (lines, _) = await RunAsync(
            DocumentedLines.With("filesrc", "stssink").Replace("http://127.0.0.1:3000", $"{sts.Url}".TrimEnd('/'), StringComparison.Ordinal),
            folder, new Dictionary<string, string?> { ["GST_DEBUG"] = "sts*:6", ["GST_DEBUG_FILE"] = folder.File("log") });

        foreach (var message in new[] { "sts-fragment-cut", "sts-fragment-sent", "sts-fragment-acked", "sts-fragment-processed", "sts-fragment" })
        {
            Assert.True(lines.Count(line => line.Contains($"{message},", StringComparison.Ordinal)) >= 2, $"{message} is not there twice");
        }
        var outcomes = lines.Where(line => line.Contains("sts-fragment,", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, outcomes.Count);
        Assert.All(outcomes, line => Assert.Contains("outcome=(string)dubbed", line, StringComparison.Ordinal));
        // 5 s of S16LE, 48 kHz, stereo.
        Assert.InRange(new FileInfo(folder.File("dubbed.wav")).Length, 4.9 * 192_000, 5.2 * 192_000);

        var log = await File.ReadAllLinesAsync(folder.File("log"), TestContext.Current.CancellationToken);
        Assert.Contains(log, line => LogLine("DEBUG", "stssrc", "sts-fragment,").IsMatch(line));
        Assert.Contains(log, line => LogLine("DEBUG", "stssink", "sts-fragment-cut,").IsMatch(line));
        Assert.DoesNotContain(log, line => line.Contains(" ERROR ", StringComparison.Ordinal) || line.Contains(" WARN ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_elements_can_be_inspected()
    {
        var inspections = DocumentedLines.All.Where(line => line.StartsWith("gst-inspect-1.0", StringComparison.Ordinal)).ToList();
        Assert.Equal(["gst-inspect-1.0 dubbing", "gst-inspect-1.0 stssrc"], inspections);
        using var folder = new TemporaryFolder();
        foreach (var line in inspections)
            Assert.NotEmpty((await RunAsync(line, folder)).Lines);
    }

    private Task<(IReadOnlyList<string> Lines, TimeSpan Time)> RunAsync(
        string line, TemporaryFolder folder, IReadOnlyDictionary<string, string?>? more = null)
    {
        var command = line
            .Replace("artifacts/fixtures", Path.GetDirectoryName(FixtureFiles.E), StringComparison.Ordinal);
        return programs.RunAsync("sh", ["-euc", command], more, folder.Path);
    }

    // 0:00:01.234567890 12345 0x55d0c0ffee00 DEBUG   stssrc file.c:12:function:<stssrc0> text
    private static Regex LogLine(string level, string category, string text) =>
        new($@"^\d:\d\d:\d\d\.\d{{9}} +\d+ +0x[0-9a-f]+ {level} +{category} .*<.*> {text}");
}
