using System.Text;
using System.Text.RegularExpressions;

namespace Dubbing.Pipeline;

/// <summary>A gst-launch-style description with placeholders, as read from a file.</summary>
/// <remarks>
/// White space and newlines separate tokens; <c>#</c> at the beginning of a token starts a comment that runs to the end of the line.
/// <c>${name}</c> and <c>${name:-default}</c> stand in the value of a property, alone, inside a larger value, or inside a description
/// that is a property's value (splitmuxsink's <c>sink</c>). A value is always inserted as part of that one token. Where a
/// property takes caps or a structure only plain words are accepted. Immutable and thread-safe.
/// </remarks>
public sealed partial class LaunchFile
{
    private readonly IReadOnlyList<LaunchToken> _tokens;

    private LaunchFile(string name, string text, IReadOnlyList<LaunchToken> tokens)
    {
        (Name, Text) = (name, text);
        _tokens = tokens;
        Factories = [.. FactoriesOf(tokens)];
        Placeholders = All.SelectMany(token => token.Value).Where(part => part.IsPlaceholder).Select(part => part.Text)
            .Distinct().Order(StringComparer.Ordinal).ToArray();
    }

    /// <summary>The file's name without its folder, e.g. <c>dub.launch</c>.</summary>
    public string Name { get; }

    /// <summary>What it was read from: <see cref="Parse"/> makes the same of it.</summary>
    public string Text { get; }

    /// <summary>The placeholders that occur, sorted.</summary>
    public IReadOnlyList<string> Placeholders { get; }

    /// <summary>The element factories that are named, in order, with repetitions.</summary>
    public IReadOnlyList<LaunchFactory> Factories { get; }

    private IEnumerable<LaunchToken> All => _tokens.SelectMany(token => token.Flatten());

    /// <summary>Reads a file.</summary>
    /// <exception cref="LaunchException">It can't be read, or not be split into tokens; names file and line.</exception>
    public static LaunchFile Load(string path)
    {
        try
        {
            return Parse(Path.GetFileName(path), File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"{path}: can't be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a description from <paramref name="text"/>, to be called <paramref name="name"/> in messages.</summary>
    /// <exception cref="LaunchException">It can't be split into tokens; names file and line.</exception>
    public static LaunchFile Parse(string name, string text)
    {
        var tokens = new LaunchTokenizer(name, text).Read();
        return tokens.Count > 0 ? new LaunchFile(name, text, tokens) : throw new LaunchException($"{name}: there is no element in it");
    }

    /// <summary>Writes the description for gst_parse_launch, with a value in each placeholder. Lines stay where they are in
    /// relation to each other.</summary>
    /// <param name="values">Values by placeholder; more of them than the file uses do no harm.</param>
    /// <exception cref="LaunchException">Values are missing (all of them are named, with their lines) or can't stand where
    /// they should.</exception>
    public string Render(IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        var missing = All
            .SelectMany(token => token.Value.Where(part => part.IsPlaceholder).Select(part => (Part: part, token.Line)))
            .Where(use => use.Part.Default is null && !values.ContainsKey(use.Part.Text))
            .DistinctBy(use => use.Part.Text)
            .ToArray();
        if (missing.Length > 0)
        {
            var list = string.Join(", ", missing.Select(use => $"${{{use.Part.Text}}} (line {use.Line})"));
            throw new LaunchException(
                $"{Name}:{missing[0].Line}: no value for {list}; known are: {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}");
        }

        return Render(_tokens, values);
    }

    /// <summary>The line that an error of gst_parse_launch speaks of; null when it can't be told.</summary>
    internal int? LineOf(string error)
    {
        if (NoElement().Match(error) is { Success: true } element)
            return Factories.Where(f => f.Name == element.Groups[1].Value).Select(f => (int?)f.Line).FirstOrDefault();
        if (OfProperty().Match(error) is { Success: true } property)
            return All.Where(t => t.Property == property.Groups[1].Value).Select(t => (int?)t.Line).FirstOrDefault();
        return null;
    }

    private string Render(IReadOnlyList<LaunchToken> tokens, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        var text = new StringBuilder();
        var line = tokens.Count > 0 ? tokens[0].Line : 0;
        foreach (var token in tokens)
        {
            if (text.Length > 0) text.Append(token.Line > line ? '\n' : ' ');
            line = token.Line;
            text.Append(token.HasPlaceholder ? Render(token, values) : token.Text);
        }

        return text.ToString();
    }

    private string Render(LaunchToken token, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        if (token.Nested is { } nested) return $"{token.Property}={LaunchText.Description(Render(nested, values))}";
        if (LaunchTokenizer.KindOf(token.Property!) == PropertyKind.Structure) return RenderWords(token, values);
        var value = string.Concat(token.Value.Select(part => TextOf(part, values)));
        if (value.Contains('\0')) throw Refused(token, "contains a NUL character");
        try
        {
            return $"{token.Property}={LaunchText.Value(value)}";
        }
        catch (EncoderFallbackException)
        {
            throw Refused(token, "is not valid Unicode");
        }
    }

    private string RenderWords(LaunchToken token, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        foreach (var part in token.Value.Where(part => part.IsPlaceholder))
        {
            if (!StructureWord().IsMatch(TextOf(part, values)))
                throw Refused(token, $"can't stand in a structure: ${{{part.Text}}} may only have letters, digits and _ - . / : +");
        }

        return PlaceholderText().Replace(token.Text, match =>
            TextOf(token.Value.First(part => part.IsPlaceholder && part.Text == match.Groups[1].Value), values));
    }

    private LaunchException Refused(LaunchToken token, string why) => new($"{Name}:{token.Line}: the value of {token.Property} {why}");

    private static string TextOf(TemplatePart part, IReadOnlyDictionary<string, PlaceholderValue> values) =>
        !part.IsPlaceholder ? part.Text : values.TryGetValue(part.Text, out var value) ? value.Text : part.Default!;

    private static IEnumerable<LaunchFactory> FactoriesOf(IReadOnlyList<LaunchToken> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.Nested is { } nested)
            {
                foreach (var factory in FactoriesOf(nested)) yield return factory;
            }
            else if (token.Property?.EndsWith("-factory", StringComparison.Ordinal) == true)
            {
                if (!token.HasPlaceholder) yield return new LaunchFactory(string.Concat(token.Value.Select(p => p.Text)), token.Line);
            }
            else if (token.Property is null)
            {
                foreach (var word in token.Text.Split('!', '(', ')').Where(word => FactoryName().IsMatch(word)))
                    yield return new LaunchFactory(word, token.Line);
            }
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_\-]*\z")]
    private static partial Regex FactoryName();

    [GeneratedRegex(@"\A[A-Za-z0-9_\-./:+]+\z")]
    private static partial Regex StructureWord();

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}")]
    private static partial Regex PlaceholderText();

    [GeneratedRegex("no element \"([^\"]+)\"")]
    private static partial Regex NoElement();

    [GeneratedRegex("property \"([^\"]+)\" in element")]
    private static partial Regex OfProperty();
}
