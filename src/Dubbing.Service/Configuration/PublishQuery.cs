namespace Dubbing.Service.Configuration;

/// <summary>Reads the query of a publish URL as the media server's hook passes it on.</summary>
internal static class PublishQuery
{
    /// <summary>Keys and values, decoded. Of a key that stands there twice the first counts; what is not a pair is passed over.</summary>
    /// <param name="query">With or without the question mark. MediaMTX from 1.18.1 on encodes the query as a whole
    /// (<c>lang%3Des%26voice%3Danna</c>), before that it passes it on as it is: both are read.</param>
    public static IReadOnlyDictionary<string, string> Parse(string query)
    {
        query = query.TrimStart('?');
        if (!query.Contains('=')) query = Decode(query);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&'))
        {
            if (pair.Split('=', 2) is [{ Length: > 0 } key, var value]) values.TryAdd(Decode(key), Decode(value));
        }

        return values;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
