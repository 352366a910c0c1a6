using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What of an address must not show.</summary>
internal static class AddressSecrets
{
    // A number of a channel or a stream hides nothing, and would be masked wherever it stands.
    private const int ShortestSecret = 4;

    // No host is ours here: the last part of every RTMP address is a stream key.
    private static readonly SecretMask _mask = new([], []);

    /// <summary>An address to publish to as people may see it, e.g. <c>rtmp://host/app/***</c>.</summary>
    public static string Shown(string address) => _mask.Mask(address);

    /// <summary>The password; null: it has none.</summary>
    public static string? Password(string address) =>
        new Uri(address).UserInfo.Split(':', 2) is [_, { Length: > 0 } password] ? password : null;

    /// <summary>The query of an address to pull from, and each value in it that is long enough to be a secret: elements may show one by itself.</summary>
    public static IEnumerable<string> Query(string address)
    {
        if (address.Split('?', 2) is not [_, { Length: > 0 } query]) return [];
        var values = query.Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair is [_, { Length: >= ShortestSecret }]).Select(pair => pair[1]);
        return [query, .. values, .. values.Select(Uri.UnescapeDataString)];
    }

    /// <summary>The stream key of an address to publish to. Elements take addresses apart: its query by itself, too.</summary>
    public static IEnumerable<string> StreamKey(string address)
    {
        var (path, query) = address.Split('?', 2) is [var before, var after] ? (before, after) : (address, "");
        yield return path.TrimEnd('/')[(path.TrimEnd('/').LastIndexOf('/') + 1)..];
        yield return query;
    }
}
