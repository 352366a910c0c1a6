using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

/// <summary>Settings of single streams, from the hook to the pipeline and to the API.</summary>
public sealed class StreamSettingsTests
{
    private static readonly string[] _names = ["target_language", "voice_profile", "timeout_ms", "fragment_ms", "fallback", "sts_url", "sts_api_key", "domain_hints", "sts_path", "sts_namespace", "max_inflight"];

    [Fact]
    public async Task A_pipeline_gets_what_its_stream_asks_for_and_the_api_shows_it()
    {
        await using var service = await TestService.StartAsync(
            ("DUBBING__STREAMS__a__STSURL", "http://sts-of-a:1"), ("DUBBING__STREAMS__a__STSAPIKEY", "other-s3cr3t"),
            ("DUBBING__STREAMS__a__STSPATH", "/sts/"), ("DUBBING__STREAMS__a__STSNAMESPACE", "/dub"), ("DUBBING__STREAMS__a__MAXINFLIGHT", "1"),
            ("DUBBING__STREAMS__a__EGRESS", "rtmp://x.example.com/app/s3cr3t-stream"));
        await service.ReadyAsync(query: "lang=fr&voice=anna&timeout_ms=4000&fragment_ms=3000&fallback=duck&domain_hints=Premier+League,%20\"VAR\"");
        var values = (await service.Launcher.NextAsync()).Values;
        Assert.Equal(["fr", "anna", "4000", "3000", "duck", "http://sts-of-a:1", "other-s3cr3t", "Premier League, \"VAR\"", "/sts/", "/dub", "1"], _names.Select(name => values[name].Text));
        Assert.True(values["sts_api_key"].Secret);

        var status = await service.GetAsync();
        Assert.Equal("""{"value":"fr","source":"query"}""", status.GetProperty("settings").GetProperty("target_language").ToString());
        Assert.Equal("""{"value":4000,"source":"query"}""", status.GetProperty("settings").GetProperty("timeout_ms").ToString());
        Assert.Equal("""{"value":["Premier League","\u0022VAR\u0022"],"source":"query"}""", status.GetProperty("settings").GetProperty("domain_hints").ToString());
        Assert.Equal("""{"value":1,"source":"configuration:a"}""", status.GetProperty("settings").GetProperty("max_inflight").ToString());
        Assert.Equal("""{"value":"***","source":"configuration:a"}""", status.GetProperty("settings").GetProperty("sts_api_key").ToString());
        Assert.Equal("""{"value":["rtmp://x.example.com/app/***"],"source":"configuration:a"}""", status.GetProperty("settings").GetProperty("egress").ToString());
        Assert.Equal(8.0, status.GetProperty("delay_seconds").GetDouble());
        Assert.False(status.TryGetProperty("rejected_settings", out _));
        Assert.DoesNotContain("s3cr3t", status.ToString());
    }

    [Fact]
    public async Task A_bad_value_does_not_keep_a_stream_off_the_air()
    {
        await using var service = await TestService.StartAsync();
        var (code, body) = await service.ReadyAsync(query: $"lang=nonsense!&voice={new string('x', 6000)}");
        Assert.Equal((200, "worker_started"), (code, TestService.Field(body, "status")));
        Assert.Equal("es", (await service.Launcher.NextAsync()).Values["target_language"].Text);
        var status = await service.GetAsync();
        var rejected = status.GetProperty("rejected_settings").EnumerateArray().Select(entry => (entry.GetProperty("key").GetString(), entry.GetProperty("problem").GetString())).ToArray();
        Assert.Equal(
            [
                ("lang", "'nonsense!' is not valid; give a language tag like en or pt-BR"),
                ("voice", $"'{new string('x', 64)}…' is not valid; give letters, digits, '.', '_' or '-', at most 128"),
            ], rejected);
    }

    [Fact]
    public async Task A_publisher_that_returns_and_asks_for_the_same_goes_on_with_the_same_run()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync(query: "lang=fr&token=1");
        var first = await service.Launcher.NextAsync();
        await service.NotReadyAsync();
        Assert.Equal("already_running", TestService.Field((await service.ReadyAsync(source: "s2", query: "token=2&lang=fr")).Body, "status"));
        Assert.False(first.StopAsked.IsCompleted);
    }

    [Fact]
    public async Task A_publisher_that_returns_and_asks_for_something_else_begins_a_new_run()
    {
        await using var service = await TestService.StartAsync();
        service.Launcher.EndsWhenAsked = false;
        await service.ReadyAsync(query: "lang=fr");
        var first = await service.Launcher.NextAsync();
        await service.NotReadyAsync();
        Assert.Equal("worker_started", TestService.Field((await service.ReadyAsync(source: "s2", query: "lang=de")).Body, "status"));
        Assert.True(await first.StopAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.True(service.Launcher.NothingWaits);
        first.EndOfStream();
        var second = await service.Launcher.NextAsync();
        Assert.Equal("de", second.Values["target_language"].Text);
        Assert.NotEqual(first.Values["run_id"].Text, second.Values["run_id"].Text);
        Assert.Empty(service.Launcher.Doubles);
        second.End(Pipeline.PipelineState.Stopped);
    }
}
