using System.Globalization;
using System.Text;

namespace Dubbing.Service.Captions;

/// <summary>Makes a server's text fit for captions.</summary>
internal static class CaptionText
{
    /// <summary>Characters (UTF-16) that a caption has at most: more than anyone says in the longest fragment.</summary>
    public const int Longest = 1000;

    /// <summary>The text without control characters and empty lines, cut to <see cref="Longest"/>; null when nothing is left.</summary>
    public static string? Clean(string text)
    {
        // Bounded first: what the server sends may be megabytes.
        var cut = text.Length > Longest;
        var lines = (cut ? text[..Longest] : text).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(Line).Where(line => line.Length > 0);
        var clean = string.Join('\n', lines);
        if (clean.Length == 0) return null;
        return cut ? WithoutLastElement(clean) + "…" : clean;
    }

    private static string Line(string line)
    {
        var clean = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            if (Rune.IsControl(rune)) clean.Append(' ');
            else clean.Append(rune);
        }

        return clean.ToString().Trim();
    }

    // The cut may have gone through a character that is several code points.
    private static string WithoutLastElement(string text)
    {
        var starts = StringInfo.ParseCombiningCharacters(text);
        return text[..starts[^1]];
    }
}
