namespace Dubbing.Service.Hooks;

/// <summary>A hook event of the media server.</summary>
/// <param name="StreamId">The stream that its path names.</param>
/// <param name="IsInput">The path is <c>live/{id}/in</c>; else <c>/out</c>.</param>
/// <param name="Query">Query of the publish URL, as it came; empty for none.</param>
/// <param name="SourceType">How the publisher publishes: any text.</param>
/// <param name="SourceId">The publisher's connection.</param>
internal sealed record HookEvent(string StreamId, bool IsInput, string Query, string SourceType, string SourceId);
