using System.Text.Json.Nodes;
using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Scenarios;

/// <summary>What was recorded of a stream, and what the service says of it at the end.</summary>
/// <param name="Id">The stream.</param>
/// <param name="Clip">What was published.</param>
/// <param name="Input">What a reader of the input got, or the clip where nobody read it.</param>
/// <param name="Output">What a reader of the output got, where the media server lets readers in late from the first picture on.</param>
/// <param name="Status"><c>GET /v1/streams/{id}</c> at the end.</param>
/// <param name="Fragments"><c>GET /v1/streams/{id}/fragments</c> at the end.</param>
/// <param name="RelayedAsIs">See <see cref="Servers.IMediaServer.RelaysAsIs"/>.</param>
public sealed record TakeResult(
    string Id, Recording Clip, Recording Input, Recording Output, JsonNode Status, IReadOnlyList<JsonNode> Fragments,
    bool RelayedAsIs);
