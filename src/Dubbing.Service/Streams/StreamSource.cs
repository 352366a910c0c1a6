namespace Dubbing.Service.Streams;

/// <summary>A publisher, as the media server's hook names it.</summary>
/// <param name="Id">The connection's id, new for every connection.</param>
/// <param name="Type">How it publishes, e.g. <c>rtmpConn</c>.</param>
/// <param name="Query">The query of the publish URL, as the hook passes it on; may carry secrets.</param>
public sealed record StreamSource(string Id, string Type, string Query);
