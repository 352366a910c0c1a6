namespace Dubbing.Elements.Sts;

/// <summary>What Python's <c>json</c> module writes for a float that is no number: <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>, none of which
/// is JSON. A server that puts one into its free-form metadata has still dubbed the fragment.</summary>
/// <remarks>Source: https://docs.python.org/3/library/json.html#infinite-and-nan-number-values</remarks>
internal static class NonFiniteNumbers
{
    /// <summary>Puts an empty text, which fits into the place of each, where they stand outside of texts.</summary>
    /// <param name="json">JSON in UTF-8, or what should be.</param>
    /// <returns>Whether there was any.</returns>
    public static bool Replace(Span<byte> json)
    {
        bool found = false;
        while (json.IndexOfAny("\"NI"u8) is var at and >= 0)
        {
            if (json[at] == '"')
            {
                json = AfterText(json[(at + 1)..]);
                continue;
            }

            int length = json[at..].StartsWith("NaN"u8) ? 3 : json[at..].StartsWith("Infinity"u8) ? 8 : 0;
            if (length > 0)
            {
                int sign = at > 0 && json[at - 1] == '-' ? 1 : 0;
                Span<byte> number = json.Slice(at - sign, length + sign);
                number.Fill((byte)' ');
                "\"\""u8.CopyTo(number);
                found = true;
            }

            json = json[(at + Math.Max(length, 1))..];
        }

        return found;
    }

    private static Span<byte> AfterText(Span<byte> json)
    {
        while (json.IndexOfAny((byte)'"', (byte)'\\') is var at and >= 0)
        {
            bool ends = json[at] == '"';
            json = json[Math.Min(json.Length, at + (ends ? 1 : 2))..];
            if (ends)
                return json;
        }

        return [];
    }
}
