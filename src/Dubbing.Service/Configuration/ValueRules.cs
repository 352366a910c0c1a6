using System.Globalization;
using System.Text.RegularExpressions;

namespace Dubbing.Service.Configuration;

/// <summary>What single values must be like, wherever they come from. Each rule says what is wrong with a text and what would be
/// right, or null when it is right. A value that may carry a password is not repeated.</summary>
internal static partial class ValueRules
{
    private const int LongestShown = 64;
    private const int MostHints = 100;
    private const int LongestHint = 100;

    public static IReadOnlyList<string> Fallbacks { get; } = ["original", "silence", "last", "duck"];

    public static string? Host(string text) => Matches(text, HostName(), "give a host name or an IP address");

    public static string? Language(string text) => Matches(text, LanguageTag(), "give a language tag like en or pt-BR");

    public static string? Voice(string text) => Matches(text, VoiceName(), "give letters, digits, '.', '_' or '-', at most 128");

    /// <summary>Words or phrases, separated by commas; none is right, too.</summary>
    public static string? DomainHints(string text) => Hints(text) is { Length: <= MostHints } hints && hints.All(hint => hint.Length <= LongestHint && !hint.Any(char.IsControl))
        ? null
        : $"'{Shown(text)}' is not valid; give at most {MostHints} words or phrases of at most {LongestHint} characters, separated by commas";

    /// <summary>The entries of domain hints.</summary>
    public static string[] Hints(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static string? Fallback(string text) => Choice(text, Fallbacks);

    public static string? FragmentMs(string text) => Number(text, 500, 60_000);

    public static string? TimeoutMs(string text) => Number(text, 1000, 30_000);

    public static string? StsUrl(string text) => Url(text, "http", "https", "ws", "wss") is { } problem ? problem
        : new Uri(text) is { UserInfo.Length: 0, PathAndQuery: "/", Fragment.Length: 0 } ? null
        : "it goes on after host and port, or carries credentials; give http://host:port, the path in Sts:Path and the key in Sts:ApiKey";

    public static string? StsPath(string text) => Matches(text, HttpPath(), "give an HTTP path like /socket.io/, without a query");

    public static string? StsNamespace(string text) => Matches(text, SocketIoNamespace(), "give / or a name that begins with it, like /dubbing, without spaces and , ? [ {");

    public static string? MaxInflight(string text) => Number(text, 1, 10);

    /// <summary>Any text: a key is not ours to judge.</summary>
    public static string? Anything(string text) => null;

    /// <summary>RTMP addresses, separated by spaces, each with application and stream key.</summary>
    public static string? Egress(string text) => Targets(text) is var targets && !targets.All(IsRtmpTarget)
        ? "there is one that is no address to publish to; give rtmp://host/app/key (rtmp, rtmps are known), several separated by spaces"
        // To rtmp2sink the last slash is the one before the stream key, wherever it stands.
        : targets.Any(target => new Uri(target).Query.Contains('/')) ? "there is one with a slash in its query, where it can't be; write %2F"
        : targets.Distinct(StringComparer.Ordinal).Count() < targets.Length ? "there is one twice; give each address once" : null;

    /// <summary>The entries of a list of addresses.</summary>
    public static string[] Targets(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static string? Choice(string text, IEnumerable<string> choices) =>
        choices.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"'{Shown(text)}' is not valid; give one of {string.Join(", ", choices)}";

    public static string? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? null
            : $"'{Shown(text)}' is not valid; give a whole number from {least} to {most}";

    /// <summary>A base address without a path.</summary>
    public static string? Url(string text, params string[] schemes) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0
            ? null
            : $"it is no address; give one like {schemes[0]}://host:port ({string.Join(", ", schemes)} are known)";

    private static string? Matches(string text, Regex pattern, string mend) =>
        pattern.IsMatch(text) ? null : $"'{Shown(text)}' is not valid; {mend}";

    private static bool IsRtmpTarget(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "rtmp" or "rtmps" && url.Host.Length > 0
        && url.AbsolutePath is [.., not '/'] path && path.Split('/', StringSplitOptions.RemoveEmptyEntries).Length >= 2;

    // It may come from a publisher: one short line, whatever it is.
    private static string Shown(string text)
    {
        var line = string.Concat(text.Take(LongestShown).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > LongestShown ? line + "…" : line;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+\z|\A\[[0-9A-Fa-f:.]+\]\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,199}\z")]
    private static partial Regex HttpPath();

    [GeneratedRegex(@"\A/[A-Za-z0-9._~!$&'()*+;=:@%/-]{0,199}\z")]
    private static partial Regex SocketIoNamespace();

    [GeneratedRegex(@"\A(?=.{2,10}\z)[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\z")]
    private static partial Regex LanguageTag();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,128}\z")]
    private static partial Regex VoiceName();
}
