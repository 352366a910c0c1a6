namespace Dubbing.Service.Api;

/// <summary>Judges addresses that a client of the API names: the service would connect to them on the client's behalf.</summary>
internal static class AllowedAddresses
{
    private static readonly Dictionary<string, int> _ports = new() { ["rtmp"] = 1935, ["rtmps"] = 443, ["rtsp"] = 554, ["rtsps"] = 322 };

    /// <summary>What is wrong with an address, or null when it lies below one of those allowed. It is not repeated: it may
    /// carry a password.</summary>
    public static string? Problem(string text, IReadOnlyList<Uri> allowed)
    {
        // What parsers may read in different ways is no address.
        if (text.Any(c => c is <= ' ' or > '~' or '\\' or '#') || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
            return "it is no address; give one like rtmp://host/app/stream";
        if (Uri.UnescapeDataString(text).Split('/').Any(part => part is "." or ".."))
            return "its path must not have . or .. in it";
        return allowed.Any(above => IsBelow(url, above)) ? null : "it is not among the addresses that the configuration allows";
    }

    private static bool IsBelow(Uri url, Uri above) =>
        url.Scheme == above.Scheme
        && url.Host.Equals(above.Host, StringComparison.OrdinalIgnoreCase)
        && PortOf(url) == PortOf(above)
        && $"{url.AbsolutePath.TrimEnd('/')}/".StartsWith($"{above.AbsolutePath.TrimEnd('/')}/", StringComparison.Ordinal);

    private static int PortOf(Uri url) => url.Port > 0 ? url.Port : _ports.GetValueOrDefault(url.Scheme);
}
