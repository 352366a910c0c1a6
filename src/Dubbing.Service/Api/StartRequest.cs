namespace Dubbing.Service.Api;

/// <summary>A stream to be started without a hook.</summary>
/// <param name="StreamId">Letters, digits, <c>-</c> and <c>_</c>, at most 64.</param>
/// <param name="Input">The address to pull from, one of those allowed; may carry user and password.</param>
/// <param name="Output">The RTMP address to send to, one of those allowed; null: the media server's <c>live/{id}/out</c>.</param>
/// <param name="Pipeline">The name of a pipeline file; null: by the input's scheme.</param>
/// <param name="SourceLanguage">The language spoken.</param>
/// <param name="TargetLanguage">The language to dub into.</param>
/// <param name="Voice">The voice profile.</param>
/// <param name="DomainHints">What the stream is about, for the server: words or phrases.</param>
/// <param name="FragmentMs">Length of a fragment, in ms.</param>
/// <param name="TimeoutMs">How long the STS server may take for a fragment, in ms.</param>
/// <param name="Fallback">What plays where no translation came.</param>
internal sealed record StartRequest(
    string? StreamId, string? Input, string? Output, string? Pipeline, string? SourceLanguage, string? TargetLanguage, string? Voice,
    IReadOnlyList<string>? DomainHints, int? FragmentMs, int? TimeoutMs, string? Fallback);
