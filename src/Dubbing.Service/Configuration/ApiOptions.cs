namespace Dubbing.Service.Configuration;

/// <summary>Who may use the HTTP API, and for what.</summary>
/// <param name="Token">The bearer token; a secret. Empty: none is asked for.</param>
/// <param name="TokenForAll">It is asked for by hooks, health and metrics, too.</param>
/// <param name="Inputs">Addresses below which a stream may be pulled from without a hook.</param>
/// <param name="Outputs">Addresses below which it may be sent to.</param>
/// <param name="Origins">Web origins whose pages may read captions, or <c>*</c>.</param>
public sealed record ApiOptions(
    string Token, bool TokenForAll, IReadOnlyList<Uri> Inputs, IReadOnlyList<Uri> Outputs, IReadOnlyList<string> Origins)
{
    private const int ShortestToken = 16;
    private static readonly Dictionary<string, bool> _switch = new(StringComparer.OrdinalIgnoreCase) { ["true"] = true, ["false"] = false };

    internal static ApiOptions Read(OptionReader reader, MediaServerOptions server)
    {
        var token = reader.Text("Api:Token", "", text => text.Length is 0 or >= ShortestToken && text.All(c => c is > ' ' and <= '~')
            ? null
            : $"it is easy to guess or can't be sent; give at least {ShortestToken} ASCII characters without spaces");
        var forAll = reader.Choice("Api:TokenForAll", false, _switch);
        if (forAll && token.Length == 0) reader.Fault("Api:TokenForAll", "there is no token to ask for; give Api:Token");
        return new ApiOptions(
            token, forAll,
            [new Uri(server.RtmpUrl), new Uri(server.RtspUrl), .. Addresses(reader, "Api:Inputs", "rtmp", "rtmps", "rtsp", "rtsps")],
            [new Uri(server.RtmpUrl), .. Addresses(reader, "Api:Outputs", "rtmp", "rtmps")],
            reader.Text("Api:Origins", "", OriginsProblem).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<Uri> Addresses(OptionReader reader, string key, params string[] schemes) =>
        reader.Text(key, "", text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(url => ValueRules.Url(url, schemes)).FirstOrDefault(problem => problem is not null))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(url => new Uri(url));

    private static string? OriginsProblem(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(origin =>
            origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && origin == url.GetLeftPart(UriPartial.Authority)))
            ? null
            : "there is one that is no origin; give https://host or http://host:port, several separated by spaces, or *";
}
