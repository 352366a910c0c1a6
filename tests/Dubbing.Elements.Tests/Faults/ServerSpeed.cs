namespace Dubbing.Elements.Tests.Faults;

/// <summary>A server that takes between nothing and twice the fragment's length: a result is used exactly when it came in time, by
/// the server's own clock.</summary>
internal static class ServerSpeed
{
    private const double BudgetMs = 1000;

    // Two processes' clocks.
    private const double ClockMs = 20;

    // From the server's stamp to the client's: the line, and a loaded machine. What is closer to its deadline may go either way.
    private const double OnTheWayMs = 300;

    public static FaultCase Case { get; } = new("0-to-2-times-real-time", Expect)
    {
        Length = TimeSpan.FromSeconds(14),
        Modes = """{"processing_delay":{"min_ms":0,"max_ms":2200}}""",
        Properties = "timeout=1000",
    };

    private static void Expect(FaultResult result)
    {
        var answered = result.Journal.Where(e => (string?)e!["dir"] == "out" && (string?)e["event"] == "fragment:processed")
            .ToDictionary(e => (string)e!["fragment_id"]!, e => (double)e!["t_ms"]!);
        var cut = result.Cut.ToDictionary(m => m.Text("fragment-id"));
        var slack = result.Of("sts-fragment-processed").ToDictionary(m => m.Text("fragment-id"), m => (double)(long)m.Fields["slack-ms"]);
        var (inTime, late) = (0, 0);
        foreach (var fragment in result.Decided.Where(f => answered.ContainsKey(f.Text("fragment-id"))))
        {
            var id = fragment.Text("fragment-id");
            var startMs = (ulong)cut[id].Fields["start-time"] / 1e6;
            var expected = result.ZeroUnixMs + startMs + FaultStream.Fragment.TotalMilliseconds + BudgetMs - answered[id];
            // What comes after the end is not told any more.
            if (slack.TryGetValue(id, out var told))
            {
                Assert.InRange(told, expected - OnTheWayMs, expected + ClockMs);
                Assert.Equal(told > 0 ? "dubbed" : "fallback", fragment.Text("outcome"));
            }

            if (expected is > -ClockMs and < OnTheWayMs)
                continue;
            Assert.Equal(expected > 0 ? "dubbed" : "fallback", fragment.Text("outcome"));
            _ = expected > 0 ? inTime++ : late++;
        }

        Assert.True(inTime > 0 && late > 0, $"{inTime} in time, {late} late: no test of both");
    }
}
