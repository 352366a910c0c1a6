using System.Text.RegularExpressions;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Hooks;

public partial class HookTests
{
    [Theory]
    [InlineData("{", 422, """{"type":"about:blank","title":"The event is malformed","status":422,"detail":"body: it is not valid JSON","field":"body","correlation_id":"ID"}""")]
    [InlineData("[]", 422, """{"type":"about:blank","title":"The event is malformed","status":422,"detail":"body: it must be a JSON object","field":"body","correlation_id":"ID"}""")]
    [InlineData("""{"sourceType":"x","sourceId":"y"}""", 422, """{"type":"about:blank","title":"The event is malformed","status":422,"detail":"path: it is missing","field":"path","correlation_id":"ID"}""")]
    [InlineData("""{"path":"live/a/in","sourceId":"y"}""", 422, """{"type":"about:blank","title":"The event is malformed","status":422,"detail":"sourceType: it is missing","field":"sourceType","correlation_id":"ID"}""")]
    [InlineData("""{"path":"live/a/in","sourceType":"x","sourceId":"\udcff"}""", 422, """{"type":"about:blank","title":"The event is malformed","status":422,"detail":"sourceId: it is not valid Unicode","field":"sourceId","correlation_id":"ID"}""")]
    [InlineData("""{"path":"live/a/in","query":"a=\udcff","sourceType":"x","sourceId":"y"}""", 200, """{"status":"worker_started","stream_id":"a","correlation_id":"ID","message":"run RUN begins"}""")]
    [InlineData("""{"path":"live/a/in","query":"","sourceType":"rtspSource","sourceId":""}""", 200, """{"status":"worker_started","stream_id":"a","correlation_id":"ID","message":"run RUN begins"}""")]
    [InlineData("""{"path":"live/a/in","sourceType":"x","sourceId":7}""", 422, """{"type":"about:blank","title":"The event is malformed","status":422,"detail":"sourceId: it must be a string","field":"sourceId","correlation_id":"ID"}""")]
    [InlineData("""{"path":"live/a b/in","sourceType":"x","sourceId":"y"}""", 422, """{"type":"about:blank","title":"The event is malformed","status":422,"detail":"path: it must be live/<stream id>/in or live/<stream id>/out; a stream id is letters, digits, '-' and '_', at most 64","field":"path","correlation_id":"ID"}""")]
    [InlineData("""{"path":"live/a/out","sourceType":"x","sourceId":"y"}""", 200, """{"status":"skipped","stream_id":"a","correlation_id":"ID","message":"an output path: nothing to do","direction":"out"}""")]
    [InlineData("""{"path":"live/a/in","query":"lang=es&q='\" ünï%26","sourceType":"new!","sourceId":"y","more":1}""", 200, """{"status":"worker_started","stream_id":"a","correlation_id":"ID","message":"run RUN begins"}""")]
    public async Task The_answer_is_exactly(string body, int status, string answer)
    {
        await using var service = await TestService.StartAsync();
        var (actualStatus, actual) = await service.HookAsync("ready", body);
        Assert.Equal((status, answer), (actualStatus, Stable(actual)));
    }

    [Fact]
    public async Task Too_many_and_draining_are_problems()
    {
        await using var service = await TestService.StartAsync(("MAX_CONCURRENT_STREAMS", "1"));
        await service.ReadyAsync("a");
        Assert.Equal(
            """{"type":"about:blank","title":"Too many streams","status":429,"detail":"1 streams run, as many as may","correlation_id":"ID"}""",
            Stable((await service.ReadyAsync("b")).Body));
        service.Launcher.EndsWhenAsked = false;
        _ = service.Streams.DrainAsync();
        Assert.Equal(
            """{"type":"about:blank","title":"The service is draining","status":503,"detail":"the service is stopping","correlation_id":"ID"}""",
            Stable((await service.ReadyAsync("b")).Body));
        (await service.Launcher.NextAsync()).EndOfStream();
    }

    [Fact]
    public async Task A_source_that_the_media_server_pulls_by_itself_comes_goes_and_returns()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync(source: "", type: "rtspSource");
        await service.Launcher.NextAsync();
        Assert.Equal("stop_scheduled", TestService.Field((await service.NotReadyAsync(source: "")).Body, "status"));
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync(source: "", type: "rtspSource")).Body, "status"));
        Assert.Null((await service.UntilAsync(status => status.StopAt is null)).Reason);
    }

    [Theory]
    [InlineData(65 * 1024)]
    [InlineData(1100 * 1024)]
    public async Task An_event_that_is_too_large_is_a_problem(int bytes)
    {
        await using var service = await TestService.StartAsync();
        var (status, body) = await service.HookAsync("ready", new string(' ', bytes) + """{"path":"live/a/in","sourceType":"x","sourceId":"y"}""");
        Assert.Contains("body: it is larger than 65536 bytes", body, StringComparison.Ordinal);
        Assert.Equal(422, status);
    }

    [Theory]
    [InlineData("/v1/streams/nobody", """{"type":"about:blank","title":"No such stream","status":404,"detail":"no stream 'nobody' runs or ended lately"}""")]
    [InlineData("/v1/streams/nobody/graph", """{"type":"about:blank","title":"No such stream","status":404,"detail":"no stream 'nobody' runs or ended lately"}""")]
    [InlineData("/nowhere", """{"type":"about:blank","title":"Not found","status":404,"detail":"there is nothing at this address"}""")]
    public async Task What_is_not_there_is_a_problem(string address, string answer)
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.Http.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((404, "application/problem+json", answer), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Health_is_told()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal("""{"status":"healthy"}""", await service.Http.GetStringAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    private static string Stable(string body) => Run().Replace(Correlation().Replace(body, "\"correlation_id\":\"ID\""), "run RUN begins");

    [GeneratedRegex("\"correlation_id\":\"[0-9a-f-]{36}\"")]
    private static partial Regex Correlation();

    [GeneratedRegex("run [0-9TZa-f-]+ begins")]
    private static partial Regex Run();
}
