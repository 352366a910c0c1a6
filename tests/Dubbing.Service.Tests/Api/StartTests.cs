using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Api;

/// <summary>Streams that are started, stopped and restarted through the API.</summary>
public class StartTests
{
    private const string Stream = "/v1/streams/a";
    private const string Camera = """{"stream_id":"a","input":"rtsp://user:s3cr3t-word@camera:554/live/1"}""";
    private static readonly (string, string)[] _allowed =
        [("DUBBING__API__INPUTS", "rtsp://camera/live rtmp://studio:1936"), ("DUBBING__API__OUTPUTS", "rtmps://cdn.example/app")];

    [Fact]
    public async Task A_stream_is_started_from_an_address_and_played_out_when_deleted()
    {
        await using var service = await TestService.StartAsync(_allowed);
        using var content = new StringContent(Camera, System.Text.Encoding.UTF8, "application/json");
        using var answer = await service.Http.PostAsync(new Uri("/v1/streams", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal((202, Stream), ((int)answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Equal("starting", TestService.Field(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "state"));
        var pipeline = await service.Launcher.NextAsync();
        Assert.Equal("dub.launch", pipeline.File.Name);
        Assert.Equal("rtsp://user:s3cr3t-word@camera:554/live/1", pipeline.Values["input"].Text);
        Assert.Equal("rtmp://127.0.0.1:1935/live/a/out", pipeline.Values["output"].Text);
        pipeline.Run();

        Assert.Equal(409, (await service.SendAsync(HttpMethod.Post, "/v1/streams", Camera)).Status);
        // A publisher of that name comes and goes: the stream is not its own.
        Assert.Contains("not dubbed", (await service.ReadyAsync()).Body);
        Assert.Contains("publishes now", (await service.NotReadyAsync()).Body);
        Assert.Null((await service.UntilAsync(_ => true)).StopAt);

        Assert.Equal(202, (await service.SendAsync(HttpMethod.Delete, Stream)).Status);
        Assert.True(await pipeline.StopAsked);
        await service.UntilAsync(StreamState.Idle);
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Delete, Stream)).Status);
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Post, "/v1/streams", Camera)).Status);
        Assert.Empty(service.Launcher.Doubles);
    }

    [Fact]
    public async Task Settings_are_those_of_a_publish_url_and_secrets_do_not_show()
    {
        await using var service = await TestService.StartAsync([.. _allowed, ("DUBBING__PIPELINES__BYNAME__other", "dub.launch")]);
        var (status, body) = await service.SendAsync(HttpMethod.Post, "/v1/streams",
            """
            {"stream_id":"a","input":"rtmp://studio:1936/x/y","output":"rtmps://cdn.example/app/s3cr3t-key-1","pipeline":"other",
             "target_language":"pt-BR","voice":"anna","domain_hints":["football","R&D"],"fragment_ms":3000,"timeout_ms":2000,"fallback":"silence"}
            """);
        Assert.Equal(202, status);
        var pipeline = await service.Launcher.NextAsync();
        Assert.Equal("dub.launch", pipeline.File.Name);
        Assert.Equal(
            ("rtmps://cdn.example/app/s3cr3t-key-1", "pt-BR", "anna", "3000", "2000", "silence"),
            (pipeline.Values["output"].Text, pipeline.Values["target_language"].Text, pipeline.Values["voice_profile"].Text,
                pipeline.Values["fragment_ms"].Text, pipeline.Values["timeout_ms"].Text, pipeline.Values["fallback"].Text));
        Assert.Equal("football,R&D", pipeline.Values["domain_hints"].Text);
        // What the pipeline's own texts are masked with.
        var mask = Dubbing.Pipeline.SecretMask.For(pipeline.Values);
        Assert.Equal("to rtmps://cdn.example/app/***", mask.Mask("to rtmps://cdn.example/app/s3cr3t-key-1"));
        pipeline.Fail("can't connect to rtmps://cdn.example/app/s3cr3t-key-1", "out", "rtmp2sink");
        await service.UntilAsync(s => s.Errors.Count > 0);
        using var events = await EventStream.OpenAsync(service.Http, $"{Stream}/events");
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Delete, Stream)).Status);
        await service.UntilAsync(StreamState.Idle);
        var told = string.Join('\n', (await events.RestAsync()).Select(item => item.Data));
        Assert.Contains("rtmps://cdn.example/app/***", told);
        Assert.DoesNotContain("s3cr3t", body + told + await service.TextAsync(Stream) + await service.TextAsync("/metrics"));
    }

    [Theory]
    [InlineData("rtmp://cdn.example/app/s3cr3t", "stream 's3cr3t' of app")]
    [InlineData("rtmp://cdn.example/app/s3cr3t/", "stream 's3cr3t' of app")]
    [InlineData("rtmp://cdn.example/app/s3cr3t?token=s3cr3t/again", "stream 's3cr3t', token=s3cr3t/again")]
    [InlineData("rtmp://cdn.example/app/inst/s3cr3t/?token=s3cr3t/again", "s3cr3t/?token=s3cr3t/again")]
    public void A_stream_key_is_masked_wherever_it_stands(string output, string text)
    {
        var values = new StreamSource(StreamSource.OfApi, "rtmp", null) { Output = output }
            .In(new Dictionary<string, Pipeline.PlaceholderValue> { ["output"] = "rtmp://127.0.0.1/live/a/out" });
        Assert.DoesNotContain("s3cr3t", Pipeline.SecretMask.For(values).Mask($"{text} ({output})"));
    }

    [Theory]
    [InlineData("rtmp://127.0.0.1:1935/live/a/out")]
    [InlineData("rtmp://127.0.0.1:1935/live/b/in")]
    [InlineData("rtmp://127.0.0.1:1935/elsewhere")]
    public async Task An_output_on_the_media_server_may_be_what_no_other_stream_publishes(string output)
    {
        await using var service = await TestService.StartAsync(_allowed);
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Post, "/v1/streams", $$"""{"stream_id":"a","input":"rtsp://camera/live/1","output":"{{output}}"}""")).Status);
    }

    [Theory]
    [InlineData("location=rtsp://camera/11?user=admin&password=hunt%20er22")]
    [InlineData("not authorised: hunt er22")]
    [InlineData("not authorised: hunt%20er22")]
    public void A_password_in_an_inputs_query_is_masked_wherever_it_stands(string text)
    {
        var values = new StreamSource(StreamSource.OfApi, "rtsp", null) { Input = "rtsp://camera/11?user=admin&password=hunt%20er22&ch=1" }
            .In(new Dictionary<string, Pipeline.PlaceholderValue> { ["output"] = "rtmp://127.0.0.1/live/a/out" });
        var mask = Pipeline.SecretMask.For(values);
        Assert.DoesNotContain("er22", mask.Mask(text));
        Assert.DoesNotContain("admin", mask.Mask(text));
        Assert.Equal("channel 1 of 11", mask.Mask("channel 1 of 11"));
        // GStreamer cuts what is long in its graphs.
        Assert.DoesNotContain("hunt", mask.MaskGraph("""  src [label="location="rtsp://camera/11?user=admin&password=hunt…"\l"];"""));
    }

    [Theory]
    [InlineData("""{}""", "stream_id")]
    [InlineData("""[]""", "body")]
    [InlineData("""nonsense""", "body")]
    [InlineData("""null""", "body")]
    [InlineData("""{"stream_id":"a/b","input":"rtsp://camera/live/1"}""", "stream_id")]
    [InlineData("""{"stream_id":"a"}""", "input")]
    [InlineData("""{"stream_id":"a","input":7}""", "input")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","langauge":"es"}""", "langauge")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","output":"rtmp://elsewhere/app/key"}""", "output")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","output":"rtmp://127.0.0.1:1935/live/b/out"}""", "output")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","output":"rtmp://127.0.0.1:1935//live/%62/out/?user=x"}""", "output")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","output":"rtmp://127.0.0.1:1935/live/a/in"}""", "output")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","pipeline":"../../etc/passwd"}""", "pipeline")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","timeout_ms":1}""", "timeout_ms")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","domain_hints":"football"}""", "domain_hints")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","domain_hints":["a\nb"]}""", "domain_hints")]
    [InlineData("""{"stream_id":"a","input":"rtsp://camera/live/1","target_language":"es&pipeline=x"}""", "target_language")]
    public async Task A_malformed_request_is_answered_with_the_field(string body, string field)
    {
        await using var service = await TestService.StartAsync(_allowed);
        var (status, answer) = await service.SendAsync(HttpMethod.Post, "/v1/streams", body);
        Assert.Equal((422, field), (status, TestService.Field(answer, "field")));
        Assert.True(service.Launcher.NothingWaits);
    }

    [Fact]
    public async Task No_more_streams_than_may_and_no_large_bodies()
    {
        await using var service = await TestService.StartAsync([.. _allowed, ("MAX_CONCURRENT_STREAMS", "1")]);
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Post, "/v1/streams", Camera)).Status);
        Assert.Equal(429, (await service.SendAsync(HttpMethod.Post, "/v1/streams", Camera.Replace("\"a\"", "\"b\"", StringComparison.Ordinal))).Status);
        using var text = new StringContent(Camera, System.Text.Encoding.UTF8, "text/plain");
        using var refused = await service.Http.PostAsync(new Uri("/v1/streams", UriKind.Relative), text, TestContext.Current.CancellationToken);
        Assert.Equal((415, "application/problem+json"), ((int)refused.StatusCode, refused.Content.Headers.ContentType!.MediaType));
        Assert.Equal(413, (await service.SendAsync(HttpMethod.Post, "/v1/streams", new string(' ', 65 * 1024) + Camera)).Status);
        Assert.Equal(413, (await service.SendAsync(HttpMethod.Post, "/v1/streams", new string(' ', 1100 * 1024) + Camera)).Status);
    }

    [Fact]
    public async Task A_restart_launches_the_next_pipeline_at_once_when_the_one_before_is_gone()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal(404, (await service.SendAsync(HttpMethod.Post, $"{Stream}/restart")).Status);
        Assert.Equal(404, (await service.SendAsync(HttpMethod.Delete, Stream)).Status);
        await service.ReadyAsync();
        var first = await service.Launcher.NextAsync();
        first.Run();
        var run = (await service.UntilAsync(StreamState.Starting)).RunId;
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Post, $"{Stream}/restart")).Status);
        Assert.False(await first.StopAsked);
        var second = await service.Launcher.NextAsync();
        second.Run();
        var status = await service.UntilAsync(s => s.Restarts == 1 && s.NextTryAt is null);
        Assert.Equal((run, StreamState.Starting), (status.RunId, status.State));

        // While it waits for its next try, too.
        second.Fail("gone");
        await service.UntilRetryAsync();
        Assert.Equal(202, (await service.SendAsync(HttpMethod.Post, $"{Stream}/restart")).Status);
        (await service.Launcher.NextAsync()).Run();
        Assert.Empty(service.Launcher.Doubles);
        Assert.Contains("""dubbing_pipeline_restarts_total{stream_id="a",cause="request"} 2""", await service.TextAsync("/metrics"));

        await service.SendAsync(HttpMethod.Delete, Stream);
        await service.UntilAsync(StreamState.Idle);
        Assert.Equal(409, (await service.SendAsync(HttpMethod.Post, $"{Stream}/restart")).Status);
    }
}
