using Dubbing.Testing.Servers;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>One thing that goes wrong between client and server, and what must come of it.</summary>
/// <param name="Name">What goes wrong; also part of the stream's id.</param>
/// <param name="Expect">Looks at what came of it.</param>
internal sealed record FaultCase(string Name, Action<FaultResult> Expect)
{
    /// <summary>How long the stream lasts.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further properties of <c>stssrc</c>.</summary>
    public string Properties { get; init; } = "";

    /// <summary>The server's modes from the beginning.</summary>
    public string? Modes { get; init; }

    /// <summary>What is wrong with the line from the beginning.</summary>
    public LineFaults Line { get; init; } = LineFaults.None;

    /// <summary>Connections are refused from the beginning.</summary>
    public bool Refused { get; init; }

    /// <summary>Which server.</summary>
    public FaultServer Server { get; init; }

    /// <summary>What happens while it plays.</summary>
    public Func<FaultStream, CancellationToken, Task> Script { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>The server's journal names violations that the server or the line itself brings about.</summary>
    public bool MayViolate { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
