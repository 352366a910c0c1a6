using System.Text;
using System.Text.RegularExpressions;

namespace Dubbing.Pipeline;

/// <summary>Writes values in gst-parse syntax. Three readers follow one another, and each has its own idea of quoting: the
/// scanner, which takes the longest match; the unescaping of the matched value; and the string's deserialisation, which knows
/// the text <c>NULL</c> and a form in quotes with octal escapes.</summary>
/// <remarks>A value of harmless characters stands as it is, whatever the property's type. Any other is written in the
/// deserialiser's quoted form with every byte that is not harmless in octal, so that the scanner sees only letters, digits
/// and backslash pairs: no white space, link or bracket, and never a backslash before white space, which would make the
/// longest match run on into the next token.</remarks>
internal static partial class LaunchText
{
    private static readonly UTF8Encoding _utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The value can stand as it is.</summary>
    public static bool IsWord(string value) => Word().IsMatch(value) && value != "NULL";

    /// <summary>Writes a string value as one token.</summary>
    /// <exception cref="EncoderFallbackException">The text is no valid Unicode.</exception>
    public static string Value(string value)
    {
        if (IsWord(value)) return value;
        if (value.Length == 0) return "\"\"";
        var text = new StringBuilder("\\\"");
        foreach (var octet in _utf8.GetBytes(value))
        {
            if (char.IsAsciiLetterOrDigit((char)octet)) text.Append((char)octet);
            else text.Append(@"\\").Append(Convert.ToString(octet, 8).PadLeft(3, '0'));
        }

        return text.Append("\\\"").ToString();
    }

    /// <summary>Writes a description as the value of a property that parses it again.</summary>
    public static string Description(string description)
    {
        var text = new StringBuilder("\"");
        foreach (var c in description)
        {
            if (c is '\\' or '"') text.Append('\\');
            text.Append(c);
        }

        // A backslash must not come last: the scanner would take it and the closing quote for an escaped quote.
        if (description.EndsWith('\\')) text.Append(' ');
        return text.Append('"').ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_+\-/:.@%?=&~]+\z")]
    private static partial Regex Word();
}
