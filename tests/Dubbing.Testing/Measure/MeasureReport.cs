using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dubbing.Testing.Measure;

/// <summary>The lines of a measurement as a table and as JSON.</summary>
public sealed class MeasureReport(IReadOnlyList<CheckResult> lines)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The results, in order.</summary>
    public IReadOnlyList<CheckResult> Lines { get; } = lines;

    /// <summary>Whether every line holds.</summary>
    public bool Ok => Lines.All(l => l.Ok);

    /// <summary>A text table: a line a check with its figures, its problems below it. Figures of single items (<c>pair 3: …</c>) stand in the JSON only.</summary>
    public string ToTable()
    {
        var width = Lines.Select(l => l.Name.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        foreach (var line in Lines)
        {
            var figures = line.Figures.Where(f => !f.Key.Contains(':', StringComparison.Ordinal)).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} {f.Value:0.###}"));
            text.Append(line.Name.PadRight(width)).Append(line.Ok ? "  ok      " : "  FAILED  ").AppendLine(string.Join(", ", figures));
            foreach (var problem in line.Problems)
                text.Append(' ', width + 10).AppendLine(problem);
        }

        return text.ToString();
    }

    /// <summary><c>{"ok": …, "lines": [{"name", "ok", "figures", "problems"}]}</c>, indented.</summary>
    public string ToJson() => JsonSerializer.Serialize(new { Ok, Lines }, Json);
}
