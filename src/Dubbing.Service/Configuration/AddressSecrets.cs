using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What of an address must not show.</summary>
internal static class AddressSecrets
{
    // No host is ours here: the last part of every RTMP address is a stream key.
    private static readonly SecretMask _mask = new([], []);

    /// <summary>An address to publish to as people may see it, e.g. <c>rtmp://host/app/***</c>.</summary>
    public static string Shown(string address) => _mask.Mask(address);

    /// <summary>The password; null: it has none.</summary>
    public static string? Password(string address) =>
        new Uri(address).UserInfo.Split(':', 2) is [_, { Length: > 0 } password] ? password : null;

    /// <summary>The stream key of an address to publish to. Elements take addresses apart: its query by itself, too.</summary>
    public static IEnumerable<string> StreamKey(string address)
    {
        var (path, query) = address.Split('?', 2) is [var before, var after] ? (before, after) : (address, "");
        yield return path.TrimEnd('/')[(path.TrimEnd('/').LastIndexOf('/') + 1)..];
        yield return query;
    }
}
