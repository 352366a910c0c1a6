namespace Dubbing.Elements.Tests.Sts;

/// <summary>The table of a fragment's states in the documentation of <c>FragmentExchange</c>: what it says is what is tested.</summary>
internal static class TransitionTable
{
    private const string Source = "src/Dubbing.Elements/Sts/Exchange/FragmentExchange.cs";

    public static string[] States { get; } = ["Waiting", "Sent", "Again", "Resent", "Resolved", "Overdue", "Decided"];

    /// <summary>Event, state, cell.</summary>
    public static IReadOnlyList<(string Event, string State, string Cell)> Read()
    {
        string[][] rows =
        [
            .. File.ReadLines(Path.Combine(EchoServer.RepositoryRoot(), Source))
                .Where(line => line.StartsWith("/// ", StringComparison.Ordinal) && line.Contains('|', StringComparison.Ordinal))
                .Select(line => line[4..].Split('|').Select(cell => cell.Trim()).ToArray()),
        ];
        Assert.Equal(["event", .. States], rows[0]);
        return [.. rows.Skip(1).SelectMany(row => States.Select((state, column) => (row[0], state, row[column + 1])))];
    }
}
