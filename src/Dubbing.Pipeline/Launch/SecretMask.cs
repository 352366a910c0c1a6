using System.Text;
using System.Text.RegularExpressions;

namespace Dubbing.Pipeline;

/// <summary>Takes secrets out of texts that people may see: secret values wherever they stand (also in the form that a launch
/// line or a URL gives them), user and password of any URL, and the stream key (everything after the application) of RTMP URLs
/// to hosts that are not ours. Immutable and thread-safe.</summary>
public sealed partial class SecretMask
{
    /// <summary>What stands in for a secret.</summary>
    public const string Masked = "***";

    private readonly string[] _secrets;
    private readonly Regex[] _graphSecrets;
    private readonly HashSet<string> _ownHosts;

    /// <summary>Creates a mask.</summary>
    /// <param name="secrets">Values that must not show; empty ones are passed over.</param>
    /// <param name="ownHosts">Authorities (<c>host</c> or <c>host:port</c>) whose RTMP paths are no secret: the media server itself.</param>
    public SecretMask(IEnumerable<string> secrets, IEnumerable<string> ownHosts)
    {
        secrets = [.. secrets];
        // The longest first: a secret may contain another.
        _secrets = [.. secrets.Where(secret => secret.Length > 0).SelectMany(Forms).Distinct().OrderByDescending(form => form.Length)];
        _graphSecrets = [.. secrets.Select(secret => PlainRun().Match(secret).Value).Where(run => run.Length > 0).Distinct().Select(InGraph)];
        _ownHosts = new HashSet<string>(ownHosts, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A mask for a pipeline's texts: values marked secret are; RTMP URLs among the others are ours to show.</summary>
    public static SecretMask For(IReadOnlyDictionary<string, PlaceholderValue> values) => new(
        values.Values.Where(value => value.Secret).Select(value => value.Text),
        values.Values.Where(value => !value.Secret).Select(value => RtmpUrl().Match(value.Text))
            .Where(match => match.Success).Select(match => match.Groups["host"].Value));

    /// <summary>The text without its secrets.</summary>
    public string Mask(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, Masked, StringComparison.Ordinal);
        text = UserInfo().Replace(text, $"://{Masked}@");
        return RtmpUrl().Replace(text, match => _ownHosts.Contains(match.Groups["host"].Value)
            ? OwnQuery().Replace(match.Value, $"?{Masked}")
            : $"{match.Groups["base"].Value}/{Masked}");
    }

    /// <summary>A pipeline graph without its secrets. GStreamer cuts long values short there and escapes them several times over, so
    /// a property is masked as soon as a recognisable piece of a secret stands in it, with the rest of its node's label.</summary>
    public string MaskGraph(string dot)
    {
        foreach (var secret in _graphSecrets) dot = secret.Replace(dot, $"${{name}}{Masked}${{end}}");
        return Mask(CutAuthority().Replace(dot, $"://{Masked}…"));
    }

    private static Regex InGraph(string piece) =>
        new($"""(?<name>[A-Za-z0-9-]+=)(?:(?!\\n).)*?{piece}.*?(?<end>"[,;]?)?$""", RegexOptions.Multiline | RegexOptions.CultureInvariant);

    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        var escaped = LaunchText.Value(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(secret)));
        yield return escaped;
        yield return Unescaped(escaped);
        // As a graph's node names have it.
        yield return NotAlphanumeric().Replace(secret, "_");
        yield return secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
    }

    // The deserialiser's form, as gst-parse quotes it in its own messages: the scanner's backslashes are gone.
    private static string Unescaped(string value) =>
        new StringBuilder(value).Replace("\\\\", "\\").Replace("\\\"", "\"").ToString();

    [GeneratedRegex("[A-Za-z0-9]{4,12}")]
    private static partial Regex PlainRun();

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotAlphanumeric();

    [GeneratedRegex("""://[^/\s"'@]*@""")]
    private static partial Regex UserInfo();

    // An address that ends before its host, or in it.
    [GeneratedRegex("""://[^/\s"'@…]*…""")]
    private static partial Regex CutAuthority();

    // Where RTMP servers are told a password.
    [GeneratedRegex(@"\?.*")]
    private static partial Regex OwnQuery();

    // A query belongs to the key, slashes and all.
    [GeneratedRegex("""(?<base>rtmp[a-z]*://(?:[^/\s"'@]*@)?(?<host>[^/\s"'\\]+)(?:/[^/\s"'\\?]+)*?)/(?<key>[^/\s"'\\?]+/?(?:\?[^\s"'\\]*)?)(?=[\s"'\\]|$)""", RegexOptions.IgnoreCase)]
    private static partial Regex RtmpUrl();
}
