using System.Text.Json.Nodes;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Scenarios;

/// <summary>The echo server's journal as a file, which goes on over a kill and a restart.</summary>
public sealed class EchoJournal : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The file, for <c>ECHO_JOURNAL</c>.</summary>
    public string Path => _folder.File("journal");

    /// <summary>The clock of <c>t_ms</c>, now.</summary>
    public static double Now => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    /// <summary>The entries of one kind so far, in order.</summary>
    /// <param name="direction"><c>in</c> or <c>out</c>.</param>
    /// <param name="name">The event.</param>
    /// <param name="streamId">The stream; null: all.</param>
    public IReadOnlyList<JsonNode> Entries(string direction, string name, string? streamId = null) =>
        [.. File.ReadLines(Path).Select(line => JsonNode.Parse(line)!).Where(entry => (string?)entry["dir"] == direction
            && (string?)entry["event"] == name && (streamId == null || (string?)entry["stream_id"] == streamId))];

    /// <summary>The tone of each answered fragment in Hz, by fragment id.</summary>
    public IReadOnlyDictionary<string, double> Tones(string streamId) =>
        Entries("out", "fragment:processed", streamId).Where(entry => entry["mark_hz"] is not null)
            .ToDictionary(entry => (string)entry["fragment_id"]!, entry => (double)entry["mark_hz"]!);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
