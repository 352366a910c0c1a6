using System.Text.Json;
using Dubbing.Pipeline;
using Dubbing.Service.Api;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Api;

/// <summary>What the API tells: events, graphs, itself.</summary>
public class TellingTests
{
    [Fact]
    public async Task Events_say_what_happens_until_the_run_ends()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        using var events = await EventStream.OpenAsync(service.Http, "/v1/streams/a/events");
        pipeline.Run();
        pipeline.Message("sts-fragment-processed", ("session", "a"), ("fragment-id", "f0"), ("status", "success"), ("rtt-ms", 812L), ("transcript", "private-words"), ("translated-text", "private-words"));
        pipeline.Message("sts-fragment", ("fragment-id", "f0"), ("index", 0UL), ("outcome", "dubbed"), ("reason", ""), ("start-time", ulong.MaxValue));
        pipeline.Message("splitmuxsink-fragment-opened", ("location", "/somewhere"));
        pipeline.Post(new PipelineWarning(service.Time.GetUtcNow(), "source", "rtmp2src", "of rtmp://user:s3cr3t@host/app/s3cr3t", null));
        pipeline.EndOfStream();
        await service.UntilRetryAsync();
        await service.SendAsync(HttpMethod.Delete, "/v1/streams/a");
        var told = await events.RestAsync();
        Assert.Equal(
            """
            state {"state":"starting","why":"dub-rtmp.launch for source s1 (rtmpConn)"}
            pipeline {"state":"running"}
            latency {"seconds":15}
            sts-fragment-processed {"fragment_id":"f0","status":"success","rtt_ms":812}
            sts-fragment {"fragment_id":"f0","index":0,"outcome":"dubbed","reason":""}
            warning {"element":"rtmp2src","message":"of rtmp://***@host/app/***"}
            eos {}
            pipeline {"state":"stopped"}
            state {"state":"starting","why":"the input ended while its publisher is there; next try in 1.0 s"}
            state {"state":"stopping","why":"it was asked to"}
            state {"state":"idle","why":"the run has ended"}
            """,
            string.Join('\n', told.Select(e => $"{e.EventType} {e.Data.Replace(",\"at\":\"2026-01-02T03:04:05+00:00\"", "").Replace("\"at\":\"2026-01-02T03:04:05+00:00\"", "")}")));
    }

    [Fact]
    public async Task A_graph_is_told_in_both_formats()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        await service.Launcher.NextAsync();
        await service.UntilAsync(_ => service.Streams.Find("a")!.Pipeline is not null);
        Assert.Equal("digraph dub {}", await service.TextAsync("/v1/streams/a/graph"));
        Assert.Equal("digraph dub {}", await service.TextAsync("/v1/streams/a/graph?format=dot"));
        using var svg = await service.AnswerAsync("/v1/streams/a/graph?format=svg");
        Assert.Equal("image/svg+xml", svg.Content.Headers.ContentType!.MediaType);
        Assert.Contains("</svg>", await svg.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var (status, answer) = await service.SendAsync(HttpMethod.Get, "/v1/streams/a/graph?format=png");
        Assert.Equal((422, "format"), (status, TestService.Field(answer, "field")));
    }

    [Fact]
    public async Task Without_graphviz_or_with_a_broken_graph_there_is_an_error_that_says_so()
    {
        var stop = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<FileNotFoundException>(() => Graphviz.ToSvgAsync("digraph {}", stop, "no-such-program"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Graphviz.ToSvgAsync("no graph", stop));
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("GET", "/v1/streams/a", 404)]
    [InlineData("GET", "/v1/streams/a/events", 404)]
    [InlineData("PUT", "/v1/streams", 405)]
    [InlineData("GET", "/some.file", 404)]
    [InlineData("POST", "/v1/streams", 422)]
    public async Task Every_error_is_a_problem(string method, string path, int expected)
    {
        await using var service = await TestService.StartAsync();
        var (status, body) = await service.SendAsync(new HttpMethod(method), path);
        Assert.Equal((expected, $"{expected}"), (status, TestService.Field(body, "status")));
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        await using var service = await TestService.StartAsync();
        using var document = JsonDocument.Parse(await service.TextAsync("/v1/openapi.json"));
        Snapshot.AssertEqual("openapi", JsonSerializer.Serialize(document, _indented) + "\n");
    }

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
