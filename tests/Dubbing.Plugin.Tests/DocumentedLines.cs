using System.Text.RegularExpressions;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The <c>gst-…</c> commands in the shell blocks of <c>docs/elements.md</c>.</summary>
internal static partial class DocumentedLines
{
    /// <summary>All of them, in order, with the lines that they go on with.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ShellBlock().Matches(File.ReadAllText(Repository.PathTo("docs/elements.md")))
        .SelectMany(block => Command().Matches(block.Groups[1].Value))
        .Select(command => command.Value)];

    /// <summary>The one that has a text, such as a source's name.</summary>
    public static string With(params string[] texts) =>
        All.Single(line => texts.All(text => line.Contains(text, StringComparison.Ordinal)));

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^gst-(?:[^\n]*\\\n)*[^\n]*", RegexOptions.Multiline)]
    private static partial Regex Command();
}
