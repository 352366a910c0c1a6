using System.Text.RegularExpressions;

namespace Dubbing.Service.Configuration;

/// <summary>A pattern in which <c>*</c> stands for any text. Immutable.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="ignoreCase">Capitals and small letters are the same.</param>
public sealed class Glob(string pattern, bool ignoreCase)
{
    private readonly Regex _regex = new(
        $@"\A{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));

    /// <summary>As it was written.</summary>
    public string Pattern => pattern;

    /// <summary>The whole text fits.</summary>
    public bool Fits(string text) => _regex.IsMatch(text);

    /// <summary>The most specific first: those without <c>*</c>, then the longest.</summary>
    public static IEnumerable<T> MostSpecificFirst<T>(IEnumerable<T> all, Func<T, Glob> globOf) => all
        .OrderByDescending(item => !globOf(item).Pattern.Contains('*')).ThenByDescending(item => globOf(item).Pattern.Length)
        .ThenBy(item => globOf(item).Pattern, StringComparer.Ordinal);
}
