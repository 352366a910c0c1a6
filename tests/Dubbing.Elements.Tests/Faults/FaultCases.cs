using Dubbing.Testing.Servers;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>Everything that goes wrong, by kind: the line, the server's address, the server.</summary>
internal static class FaultCases
{
    // A server that says nothing is given up after 10 s.
    private static readonly TimeSpan s_untilGivenUp = TimeSpan.FromSeconds(12);

    // A silent connection is noticed after 3 s, and the next attempt comes 2 s later, or 4 s after that.
    private static readonly TimeSpan s_untilBack = TimeSpan.FromSeconds(14);

    public static IReadOnlyList<FaultCase> All { get; } = [.. Lines(), .. Addresses(), .. Losses(), .. Servers(), ServerSpeed.Case];

    private static IEnumerable<FaultCase> Lines() =>
    [
        new("latency-and-jitter", r => r.AllDubbed())
        {
            Line = new LineFaults { Latency = TimeSpan.FromMilliseconds(80), Jitter = TimeSpan.FromMilliseconds(60) },
        },
        new("byte-by-byte", r => r.AllDubbed()) { Line = new LineFaults { SegmentBytes = 1 } },
        new("slow-enough", r => r.AllDubbed()) { Line = new LineFaults { BytesPerSecond = 60_000 } },
        new("too-slow-for-a-while", r => r.RecoversAfter(1, "timeout", "backpressure", "disconnected", "late"))
        {
            Length = s_untilBack,
            // A fragment takes 11 s.
            Script = (s, cancel) => While(s, 1, 4, new LineFaults { BytesPerSecond = 1000 }, cancel),
        },
        new("late-for-a-while", r => r.RecoversAfter(1, "timeout", "late"))
        {
            Length = s_untilBack,
            Script = (s, cancel) => While(s, 1, 4, new LineFaults { Latency = TimeSpan.FromMilliseconds(1000) }, cancel),
        },
    ];

    private static IEnumerable<FaultCase> Addresses() =>
    [
        new("refused-at-first", r => { r.Recovers("disconnected"); r.Tells("refused"); })
        {
            Refused = true,
            Script = async (s, cancel) =>
            {
                await s.InState("disconnected", cancel);
                s.Proxy.Listen();
            },
        },
        new("accepted-and-never-answered", r => { r.NothingDubbed("disconnected"); r.Tells("no connection within 10 s"); })
        {
            Length = s_untilGivenUp,
            Line = new LineFaults { Silent = SilentFrom.Accept },
        },
        new("silent-after-the-upgrade", r => { r.NothingDubbed("disconnected"); r.Tells("no connection within 10 s"); })
        {
            Length = s_untilGivenUp,
            Line = new LineFaults { Silent = SilentFrom.HttpAnswer },
        },
        new("connect-never-answered", r => { r.NothingDubbed("disconnected"); r.Tells("no connection within 10 s"); })
        {
            Length = s_untilGivenUp,
            Modes = """{"no_connect":true}""",
        },
        new("init-never-answered", r => { r.NothingDubbed("disconnected"); r.Tells("no stream:ready within 10 s"); })
        {
            Length = s_untilGivenUp,
            Modes = """{"no_ready":true}""",
        },
        new("init-refused-for-good", r => { r.NothingDubbed("failed"); r.Tells("INVALID_CONFIG: too long"); })
        {
            Modes = """{"init_error":{"code":"INVALID_CONFIG","message":"too long"}}""",
        },
        new("wrong-namespace", r => { r.NothingDubbed("disconnected"); r.Tells("the server refused namespace /elsewhere: Invalid namespace"); })
        {
            Properties = "namespace=/elsewhere",
        },
        new("wrong-path", r => { r.NothingDubbed("disconnected"); r.Tells("the server hung up on /elsewhere/ without an answer: check the path"); })
        {
            Properties = "path=/elsewhere/",
        },
        new("http-401", r => { r.NothingDubbed("disconnected"); r.Tells("HTTP 401 Unauthorized in place of a WebSocket: check the API key"); })
        {
            Line = new LineFaults { HttpStatus = 401 },
        },
        new("http-502-at-first", r => { r.Recovers("disconnected"); r.Tells("HTTP 502 BadGateway in place of a WebSocket: the server behind the proxy is down"); })
        {
            Line = new LineFaults { HttpStatus = 502 },
            Script = async (s, cancel) =>
            {
                await s.InState("disconnected", cancel);
                s.Proxy.Faults = LineFaults.None;
            },
        },
    ];

    private static IEnumerable<FaultCase> Losses() =>
    [
        Lost("reset", LineEnd.Reset),
        Lost("closed-without-a-word", LineEnd.Finish),
        Lost("half-open", LineEnd.Silence) with { Length = s_untilBack },
        new("reset-twice", r => r.RecoversAfter(1, "disconnected"))
        {
            Length = s_untilBack,
            Script = async (s, cancel) =>
            {
                await s.Sent(1, cancel);
                s.Proxy.End(LineEnd.Reset);
                await s.Said("sts-state", m => m.Text("state") == "ready" && m.Text("reconnects") == "1", cancel);
                s.Proxy.End(LineEnd.Reset);
            },
        },
        new("server-killed-and-started-again", r => r.RecoversAfter(1, "disconnected"))
        {
            Server = FaultServer.Own,
            Length = s_untilBack,
            Script = async (s, cancel) =>
            {
                await s.SetModes("""{"processing_delay":300}""");
                await s.Sent(1, cancel);
                await s.RestartServer();
            },
        },
        new("server-disconnects", r => r.RecoversAfter(1, "disconnected")) { Modes = """{"disconnect":{"after_fragments":2,"reason":"maintenance"}}""" },
        new("server-cuts-tcp", r => r.RecoversAfter(1, "disconnected")) { Modes = """{"disconnect":{"after_fragments":2,"abrupt":true}}""" },
        new("server-loses-the-session", r => r.RecoversAfter(1, "disconnected", "failed", "timeout")) { Modes = """{"lose_session":{"after_fragments":2}}""" },
    ];

    private static IEnumerable<FaultCase> Servers() =>
    [
        new("message-limit-told", r => { r.NothingDubbed("failed"); r.Tells($"the server accepts {FaultServers.SmallMessage}"); })
        {
            Server = FaultServer.SmallMessages,
        },
        new("message-limit-untold", r => { r.NothingDubbed("disconnected"); r.Tells("a limit below"); })
        {
            Server = FaultServer.SmallMessagesUntold,
        },
        new("backpressure-with-one-slot", r => r.AllDubbed())
        {
            Modes = """{"backpressure":true}""",
            Properties = "max-inflight=1 timeout=2500",
        },
        new("told-to-slow-down", r => r.AllDubbed())
        {
            Modes = """{"backpressure":{"severity":"medium","action":"slow_down","recommended_delay_ms":400}}""",
            Properties = "timeout=2000",
        },
        new("results-out-of-order", r => Assert.All(r.Outcomes.SkipLast(1), o => Assert.Equal("dubbed", o)))
        {
            Modes = """{"out_of_order":true}""",
            Properties = "timeout=2500",
        },
        new("never-answered", r => r.NothingDubbed("timeout", "backpressure")) { Modes = """{"silent":true}""" },
        new("not-even-acknowledged", r => r.NothingDubbed("timeout", "backpressure")) { Modes = """{"silent":"all"}""" },
        new("simulated-errors", SimulatedErrors)
        {
            Modes = """
                {"error_simulation":{"enabled":true,"rules":[
                    {"trigger":"nth_fragment","value":2,"error_code":"GPU_OOM","retryable":true},
                    {"trigger":"nth_fragment","value":5,"error_code":"MALFORMED_DATA","retryable":false},
                    {"trigger":"nth_fragment","value":6,"error_code":"MODEL_ERROR","status":"partial"},
                    {"trigger":"nth_fragment","value":7,"error_code":"MODEL_ERROR","status":"partial","audio":false},
                    {"trigger":"nth_fragment","value":8,"error_code":"MODEL_ERROR","retryable":false,"event":"error"}]}}
                """,
        },
        new("garbage", Garbage)
        {
            Length = TimeSpan.FromSeconds(13),
            // A result that names no fragment keeps that one's place.
            Properties = "max-inflight=10",
            Modes = """
                {"garbage":["malformed","broken_packet","wrong_types","truncated_base64","unknown_fields","null_optionals",
                    "unknown_fragment_id","undecodable_audio","empty_audio","no_audio","duplicate"]}
                """,
            MayViolate = true,
        },
    ];

    // Number 2 is sent a second time, so that from then on numbers are one behind.
    private static void SimulatedErrors(FaultResult result)
    {
        Assert.Equal(["dubbed", "dubbed", "dubbed", "failed", "dubbed"], result.Outcomes.Take(5));
        Assert.Contains(result.Outcomes[5], (string[])["failed", "invalid_audio"]);
        Assert.Equal("failed", result.Outcomes[6]);
        Assert.All(result.Outcomes.Skip(7), o => Assert.Equal("dubbed", o));
        result.Tells("MODEL_ERROR");
    }

    private static void Garbage(FaultResult result)
    {
        Assert.All(result.Outcomes.Take(4), o => Assert.NotEqual("dubbed", o));
        Assert.Equal(["dubbed", "dubbed"], result.Outcomes.Skip(4).Take(2));
        Assert.Equal("timeout", result.Outcomes[6]);
        Assert.Equal(["invalid_audio", "invalid_audio", "invalid_audio"], result.Outcomes.Skip(7).Take(3));
        Assert.Equal("dubbed", result.Outcomes[10]);
    }

    private static FaultCase Lost(string name, LineEnd how) => new(name, r => r.RecoversAfter(1, "disconnected", "timeout"))
    {
        Script = async (s, cancel) =>
        {
            await s.SetModes("""{"processing_delay":300}""");
            await s.Sent(1, cancel);
            s.Proxy.End(how);
        },
    };

    private static async Task While(FaultStream stream, int from, int to, LineFaults faults, CancellationToken cancel)
    {
        await stream.Sent(from - 1, cancel);
        await stream.Said("sts-fragment-processed", _ => true, cancel);
        stream.Proxy.Faults = faults;
        await stream.Cut(to, cancel);
        stream.Proxy.Faults = LineFaults.None;
    }
}
