using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>What is really sent holds against the schemas, and the schemas let nothing else pass.</summary>
public sealed class ContractTests
{
    private static readonly TimeSpan EventLimit = TimeSpan.FromSeconds(20);

    /// <summary>One good payload of each event, with every optional field.</summary>
    private static readonly Dictionary<string, string> Good = new(StringComparer.Ordinal)
    {
        ["stream:init"] = """
            {"stream_id":"demo","worker_id":"w","config":{"source_language":"en","target_language":"es","voice_profile":"default",
            "chunk_duration_ms":6000,"sample_rate_hz":48000,"channels":2,"format":"m4a","domain_hints":["football"]},"max_inflight":3,"timeout_ms":8000}
            """,
        ["fragment:data"] = """
            {"fragment_id":"00000000-0000-4000-8000-000000000000","stream_id":"demo","sequence_number":0,"timestamp":1767225600000,
            "audio":{"format":"m4a","sample_rate_hz":48000,"channels":2,"duration_ms":6000,"data_base64":"CQgH"},"metadata":{"pts_ns":0,"source_pts_ns":0}}
            """,
        ["fragment:ack"] = """{"fragment_id":"f","status":"applied","timestamp":1767225600000}""",
        ["stream:pause"] = """{"stream_id":"demo","reason":"text"}""",
        ["stream:resume"] = """{"stream_id":"demo","reason":"text"}""",
        ["stream:end"] = """{"stream_id":"demo","reason":"text"}""",
    };

    private static readonly HashSet<string> Optional = new(StringComparer.Ordinal) { "reason", "config.domain_hints" };

    [Fact]
    public async Task Everything_on_the_wire_of_a_whole_conversation_holds_against_its_schema()
    {
        int fragments = 0;
        await using var server = new CapturingServer((name, payload) => Task.FromResult(
            Answer(name, payload, isPartial: name == "fragment:data" && fragments++ == 1)));
        var events = new EventLog(EventLimit);
        var options = new StsOptions
        {
            Url = server.Start(),
            StreamId = "live_1",
            WorkerId = "worker-1",
            DomainHints = ["football", "\"quoted\" \\ é 你"],
        };
        await using (var session = new StsSession(options, new SocketIoTransportFactory(TimeProvider.System), TimeProvider.System, events.Add))
        {
            session.Start();
            foreach (int bytes in (int[])[1, 3000, 3_000_000])
            {
                session.Submit(NewFragment(bytes));
                await events.NextAsync<FragmentDecided>();
            }

            session.Pause("publisher away");
            session.Resume("publisher \"back\"");
            await session.EndAsync("over", TimeSpan.FromSeconds(5)).Bounded();
        }

        Assert.Equal(Schemas.Events.Order(), server.Received.Select(received => received.Name).Distinct().Order());
        foreach ((string name, string json) in server.Received)
            Assert.Empty(await Schemas.FaultsAsync(name, json));
        Assert.Contains("applied", server.Received.Where(received => received.Name == "fragment:ack").Select(Status));
        Assert.Contains("received", server.Received.Where(received => received.Name == "fragment:ack").Select(Status));
        JsonElement config = JsonDocument.Parse(server.Received[0].Json).RootElement.GetProperty("config");
        Assert.Equal(options.DomainHints, config.GetProperty("domain_hints").EnumerateArray().Select(hint => hint.GetString()));
    }

    [Theory]
    [InlineData(100, 1000, 1, 8000, 1, 1)]
    [InlineData(60000, 30000, 10, 96000, 2, 60000)]
    public async Task The_ends_of_every_range_hold_against_the_schemas(int chunk, int timeout, int inflight, int rate, int channels, int durationMs)
    {
        await using var it = new SessionFixture(options => options with
        {
            FragmentDurationMs = chunk,
            TimeoutMs = timeout,
            MaxInflight = inflight,
            StreamId = new string('s', 64),
            WorkerId = "w",
            SourceLanguage = "zh",
            TargetLanguage = "zh-Hans-CN",
        });
        it.Session.Start();
        ScriptedTransport link = await it.Server.NextAsync();
        it.Session.Submit(it.Fragment(60, Math.Max(durationMs, 50)) with { SampleRate = rate, Channels = channels });
        JsonElement init = await link.ExpectAsync("stream:init");
        Assert.Empty(await Schemas.FaultsAsync("stream:init", init.GetRawText()));
        Assert.False(init.GetProperty("config").TryGetProperty("domain_hints", out _));
        link.Push("stream:ready", """{"max_inflight":1}""");
        Assert.Empty(await Schemas.FaultsAsync("fragment:data", (await link.ExpectAsync("fragment:data")).GetRawText()));
    }

    [Fact]
    public async Task The_schemas_let_a_good_payload_pass_and_nothing_that_lacks_or_adds_a_field_or_has_a_wrong_type()
    {
        foreach (string name in Schemas.Events)
        {
            Assert.Empty(await Schemas.FaultsAsync(name, Good[name]));
            foreach (string path in Paths(JsonNode.Parse(Good[name])!.AsObject(), ""))
            {
                bool optional = Optional.Contains(path);
                Assert.Equal(optional, (await Schemas.FaultsAsync(name, Changed(name, path, parent => parent.Remove(Last(path))))).Length == 0);
                foreach (string wrong in (string[])["null", "[[]]", "-1.5", "true"])
                    Assert.NotEmpty(await Schemas.FaultsAsync(name, Changed(name, path, parent => parent[Last(path)] = JsonNode.Parse(wrong))));
                Assert.NotEmpty(await Schemas.FaultsAsync(name, Changed(name, path, parent => parent["something_new"] = 1)));
            }
        }
    }

    private static string[] Answer(string name, JsonElement payload, bool isPartial)
    {
        string id = payload.TryGetProperty("fragment_id", out JsonElement named) ? named.GetString()! : "";
        return name switch
        {
            "stream:init" => ["""["stream:ready",{"stream_id":"live_1","session_id":"s","max_inflight":3,"capabilities":{}}]"""],
            "fragment:data" when isPartial => [$$"""["fragment:processed",{"fragment_id":"{{id}}","status":"partial"}]"""],
            "fragment:data" =>
            [
                $$"""["fragment:ack",{"fragment_id":"{{id}}","status":"queued"}]""",
                $$$"""["fragment:processed",{"fragment_id":"{{{id}}}","status":"success","dubbed_audio":{"data_base64":"AQID"}}]""",
            ],
            "stream:end" => ["""["stream:complete",{"stream_id":"live_1"}]"""],
            _ => [],
        };
    }

    private static Fragment NewFragment(int bytes) => new()
    {
        Id = Guid.NewGuid().ToString("D"),
        Index = 0,
        StartTime = 6_000_000_000,
        Duration = 6_000_000_000,
        Image = new ReadOnlySequence<byte>(new byte[bytes]),
        SampleRate = 48000,
        Channels = 2,
        Deadline = TimeProvider.System.GetTimestamp() + 10 * TimeProvider.System.TimestampFrequency,
    };

    private static string? Status((string Name, string Json) ack) => JsonDocument.Parse(ack.Json).RootElement.GetProperty("status").GetString();

    private static IEnumerable<string> Paths(JsonObject node, string prefix)
    {
        foreach ((string name, JsonNode? value) in node)
        {
            yield return prefix + name;
            foreach (string path in value is JsonObject inner ? Paths(inner, $"{prefix}{name}.") : [])
                yield return path;
        }
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static string Changed(string name, string path, Action<JsonObject> change)
    {
        JsonNode root = JsonNode.Parse(Good[name])!;
        change(path.Split('.').SkipLast(1).Aggregate(root, (node, part) => node[part]!).AsObject());
        return root.ToJsonString();
    }
}
