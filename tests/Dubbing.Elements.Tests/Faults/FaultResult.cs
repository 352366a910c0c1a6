using System.Text.Json.Nodes;
using Dubbing.Testing.Measure;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>What came of a case.</summary>
internal sealed class FaultResult
{
    // The rest of a stream that is too short to be worth sending.
    private const string TooShort = "short";

    private readonly IReadOnlyList<FaultMessage> _messages;

    /// <summary>Gathers it when the stream has ended.</summary>
    public FaultResult(FaultStream stream, TimeSpan endedAfter, JsonNode summary, JsonArray journal)
    {
        _messages = stream.Messages;
        (Case, ZeroUnixMs, Pictures, EndedAfter, Summary, Journal) = (stream.Case, stream.ZeroUnixMs, stream.Pictures, endedAfter, summary, journal);
        Recording = Recording.FromFile(stream.File);
        Cut = Of("sts-fragment-cut");
        Decided = Of("sts-fragment");
    }

    public FaultCase Case { get; }

    public double ZeroUnixMs { get; }

    public int Pictures { get; }

    /// <summary>From the last picture's time to the end of the recording.</summary>
    public TimeSpan EndedAfter { get; }

    public Recording Recording { get; }

    /// <summary>The server's counters.</summary>
    public JsonNode Summary { get; }

    /// <summary>The server's journal of this stream.</summary>
    public JsonArray Journal { get; }

    /// <summary>The fragments as they were cut.</summary>
    public IReadOnlyList<FaultMessage> Cut { get; }

    /// <summary>The fragments as they were played.</summary>
    public IReadOnlyList<FaultMessage> Decided { get; }

    /// <summary>Those that were worth sending: <c>dubbed</c>, or why not.</summary>
    public IReadOnlyList<string> Outcomes =>
        [.. Decided.Select(f => f.Text("outcome") == "dubbed" ? "dubbed" : f.Text("reason")).Where(o => o != TooShort)];

    /// <summary>Messages of one kind.</summary>
    public IReadOnlyList<FaultMessage> Of(string name) => [.. _messages.Where(m => m.Name == name)];

    /// <summary>Everything is dubbed.</summary>
    public void AllDubbed() => Assert.All(Outcomes, o => Assert.Equal("dubbed", o));

    /// <summary>Nothing is dubbed, for these reasons.</summary>
    public void NothingDubbed(params string[] reasons) => Assert.All(Outcomes, o => Assert.Contains(o, reasons));

    /// <summary>Some fall back, for these reasons, and the last two whole fragments are dubbed again.</summary>
    public void Recovers(params string[] reasons)
    {
        Assert.Contains(Outcomes, o => o != "dubbed");
        Assert.All(Outcomes, o => Assert.Contains(o, reasons.Append("dubbed")));
        Assert.All(Outcomes.TakeLast(2), o => Assert.Equal("dubbed", o));
    }

    /// <summary>As <see cref="Recovers"/>, and the first <paramref name="before"/> fragments were dubbed.</summary>
    public void RecoversAfter(int before, params string[] reasons)
    {
        Assert.All(Outcomes.Take(before), o => Assert.Equal("dubbed", o));
        Recovers(reasons);
    }

    /// <summary>The operator is told: a change of state or an error has these words.</summary>
    public void Tells(string words) => Assert.Contains(
        Of("sts-state").Select(m => m.Text("reason")).Concat(Of("sts-error").Select(m => $"{m.Text("code")}: {m.Text("message")}")),
        told => told.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>What was said, for a test's output.</summary>
    public override string ToString() => string.Join('\n', _messages.Where(m => m.Name is not ("sts-fragment-sent" or "sts-fragment-acked" or "sts-fragment-cut")));
}
