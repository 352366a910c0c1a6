using System.Text;
using System.Text.RegularExpressions;

namespace Dubbing.Pipeline;

/// <summary>Splits a launch file into the tokens that gst-parse's own scanner would see, so that a value can be put back as
/// exactly one of them.</summary>
internal sealed partial class LaunchTokenizer(string file, string text, int firstLine = 1)
{
    private int _at;
    private int _line = firstLine;

    /// <summary>Reads all tokens; comments and white space are left out.</summary>
    /// <exception cref="LaunchException">A quote or placeholder is not closed, or a placeholder stands where it could
    /// change the structure.</exception>
    public List<LaunchToken> Read()
    {
        var tokens = new List<LaunchToken>();
        while (SkipSpaceAndComments())
        {
            var assignment = Assignment().Match(text, _at);
            tokens.Add(assignment.Success ? ReadAssignment(assignment, tokens) : ReadWord());
        }

        return tokens;
    }

    /// <summary>How the property of that name reads its value. gst-parse knows by type; a file is checked before there are
    /// elements, so here it is known by name.</summary>
    internal static PropertyKind KindOf(string property) => property switch
    {
        "sink" or "muxer" => PropertyKind.Description,
        "caps" or "stats" => PropertyKind.Structure,
        _ when DescriptionSuffix().IsMatch(property) => PropertyKind.Description,
        _ when StructureSuffix().IsMatch(property) => PropertyKind.Structure,
        _ => PropertyKind.Plain,
    };

    private bool SkipSpaceAndComments()
    {
        while (_at < text.Length)
        {
            if (text[_at] == '#')
            {
                while (_at < text.Length && text[_at] != '\n') _at++;
            }
            else if (char.IsWhiteSpace(text[_at]))
            {
                Step();
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private LaunchToken ReadWord()
    {
        var (start, line) = (_at, _line);
        if (text[_at] is '"' or '\'') SkipQuoted();
        else SkipBare();
        var word = text[start.._at];
        if (word.Contains("${", StringComparison.Ordinal))
            throw Error(line, $"a placeholder can only stand in a property's value, not in '{word}'");
        return new LaunchToken(line, word);
    }

    private LaunchToken ReadAssignment(Match assignment, List<LaunchToken> before)
    {
        var (start, line) = (_at, _line);
        while (_at < assignment.Index + assignment.Length) Step();
        var property = assignment.Groups["name"].Value;
        var valueLine = _line;
        var valueStart = _at;
        if (_at < text.Length && text[_at] is '"' or '\'') SkipQuoted();
        else SkipBare();

        var parts = Unescape(StripQuotes(text[valueStart.._at]), valueLine);
        var token = new LaunchToken(line, text[start.._at], property) { Value = parts };
        if (token.HasPlaceholder && before is [.., { Property: null } caps] && caps.Text.EndsWith(','))
            throw Error(line, $"a placeholder can't stand in caps: '{token.Text}'");
        if (KindOf(property) != PropertyKind.Description) return token;
        var nested = string.Concat(parts.Select(part => part switch
        {
            { IsPlaceholder: false } => part.Text,
            { Default: null } => $"${{{part.Text}}}",
            _ => $"${{{part.Text}:-{part.Default}}}",
        }));
        return token with { Nested = new LaunchTokenizer(file, nested, valueLine).Read() };
    }

    private void SkipQuoted()
    {
        var (quote, line) = (text[_at], _line);
        Step();
        while (_at < text.Length && text[_at] != quote)
        {
            if (SkipPlaceholder()) continue;
            if (text[_at] == '\\' && _at + 1 < text.Length) Step();
            Step();
        }

        if (_at == text.Length) throw Error(line, $"the quote {quote} is not closed");
        Step();
        if (_at < text.Length && !char.IsWhiteSpace(text[_at]))
            throw Error(_line, $"white space must follow the closing quote {quote}");
    }

    private void SkipBare()
    {
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]))
        {
            if (SkipPlaceholder()) continue;
            if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n') Step();
            Step();
        }
    }

    private bool SkipPlaceholder()
    {
        if (!text.AsSpan(_at).StartsWith("${")) return false;
        var length = MatchPlaceholder(text, _at, _line).Length;
        for (var end = _at + length; _at < end;) Step();
        return true;
    }

    // What gst-parse does to a value: a backslash goes and the next character stays, except between double quotes inside the value.
    private List<TemplatePart> Unescape(string value, int line)
    {
        var parts = new List<TemplatePart>();
        var literal = new StringBuilder();
        var inQuotes = false;
        for (var i = 0; i < value.Length; i++)
        {
            if (value.AsSpan(i).StartsWith("${"))
            {
                var match = MatchPlaceholder(value, i, line);
                if (literal.Length > 0) parts.Add(new TemplatePart(literal.ToString()));
                literal.Clear();
                var fallback = match.Groups["default"];
                parts.Add(new TemplatePart(match.Groups["name"].Value, true, fallback.Success ? fallback.Value : null));
                i += match.Length - 1;
                continue;
            }

            if (value[i] == '\\' && !inQuotes && i + 1 < value.Length) i++;
            else if (value[i] == '"' && (!inQuotes || value[i - 1] != '\\')) inQuotes = !inQuotes;
            literal.Append(value[i]);
        }

        if (literal.Length > 0) parts.Add(new TemplatePart(literal.ToString()));
        return parts;
    }

    private Match MatchPlaceholder(string source, int at, int line)
    {
        var match = Placeholder().Match(source, at);
        return match.Success
            ? match
            : throw Error(line, "'${' begins no placeholder: write ${name} or ${name:-default}");
    }

    private static string StripQuotes(string value) =>
        value.Length > 1 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1] : value;

    private void Step()
    {
        if (text[_at] == '\n') _line++;
        _at++;
    }

    private LaunchException Error(int line, string what) => new($"{file}:{line}: {what}");

    [GeneratedRegex(@"\G(?<name>[A-Za-z0-9_][A-Za-z0-9_\-%:]*)\s*=\s*")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\G\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("-(sink|muxer|filter)$")]
    private static partial Regex DescriptionSuffix();

    [GeneratedRegex("-(caps|properties|structure)$")]
    private static partial Regex StructureSuffix();
}
