using System.Text.RegularExpressions;

namespace Dubbing.Service.Streams;

/// <summary>A path of the media server that belongs to a stream.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="IsInput"><c>live/{id}/in</c>; else <c>live/{id}/out</c>.</param>
internal sealed partial record StreamPath(string StreamId, bool IsInput)
{
    /// <summary>What a path must look like, for people.</summary>
    public const string Form = "live/<stream id>/in or live/<stream id>/out; a stream id is letters, digits, '-' and '_', at most 64";

    /// <summary>Reads a path; null when it is no stream's.</summary>
    public static StreamPath? Parse(string path) => Pattern().Match(path) is { Success: true } match
        ? new StreamPath(match.Groups["id"].Value, match.Groups["way"].Value == "in")
        : null;

    /// <summary>Whether a text is a stream id.</summary>
    public static bool IsId(string text) => Parse($"live/{text}/in") is not null;

    [GeneratedRegex(@"\Alive/(?<id>[A-Za-z0-9_-]{1,64})/(?<way>in|out)\z")]
    private static partial Regex Pattern();
}
