using Dubbing.Service.Configuration;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Configuration;

public sealed class SettingsResolverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dubbing-test-").FullName;

    public SettingsResolverTests()
    {
        var pipelines = TestService.WritePipelines(_folder);
        File.Copy(Path.Combine(pipelines, "dub.launch"), Path.Combine(pipelines, "voice-over.launch"));
    }

    [Fact]
    public void Without_anything_everything_is_default()
    {
        var resolved = SettingsResolver.Resolve(Options(), "a", "rtmpConn", "");
        Assert.Equal(
            """
            pipeline dub-rtmp.launch default
            source_language en default
            target_language es default
            voice default default
            domain_hints  default
            fragment_ms 6000 default
            timeout_ms 8000 default
            fallback original default
            sts_url http://127.0.0.1:3000 default
            sts_path /socket.io/ default
            sts_namespace / default
            max_inflight 3 default
            sts_api_key *** default
            egress  default
            """, Text(resolved));
        Assert.Empty(resolved.Rejected);
    }

    [Fact]
    public void The_query_comes_before_the_section_and_the_section_before_the_default()
    {
        var options = Options(
            ("DUBBING__STREAMS__news__MATCH", "news-*"), ("DUBBING__STREAMS__news__TARGETLANGUAGE", "fr"), ("DUBBING__STREAMS__news__VOICE", "bert"),
            ("DUBBING__STREAMS__news__FRAGMENTMS", "4000"), ("DUBBING__STREAMS__news__STSURL", "http://sts:1/"),
            ("DUBBING__STREAMS__news__STSPATH", "/sts/"), ("DUBBING__STREAMS__news__STSNAMESPACE", "/dub"), ("DUBBING__STREAMS__news__MAXINFLIGHT", "1"),
            ("DUBBING__STREAMS__news__DOMAINHINTS__0", "Premier League"), ("DUBBING__STREAMS__news__DOMAINHINTS__1", "VAR"),
            ("DUBBING__STREAMS__news__EGRESS", "rtmp://x.example.com/app/k1 rtmps://y.example.com/app/k2"));
        var resolved = SettingsResolver.Resolve(options, "news-1", "rtspSession", "?voice=anna&pipeline=VoiceOver&fallback=Duck&more=1&timeout_ms=5000");
        Assert.Equal(
            """
            pipeline voice-over.launch query
            source_language en default
            target_language fr configuration:news-*
            voice anna query
            domain_hints Premier League,VAR configuration:news-*
            fragment_ms 4000 configuration:news-*
            timeout_ms 5000 query
            fallback duck query
            sts_url http://sts:1 configuration:news-*
            sts_path /sts/ configuration:news-*
            sts_namespace /dub configuration:news-*
            max_inflight 1 configuration:news-*
            sts_api_key  configuration:news-*
            egress rtmp://x.example.com/app/***,rtmps://y.example.com/app/*** configuration:news-*
            """, Text(resolved));
        Assert.Equal(["rtmp://x.example.com/app/k1", "rtmps://y.example.com/app/k2"], resolved.Settings.Egress);
        Assert.Equal("http://sts:1", resolved.Settings.Sts.Url);
        Assert.Equal("default", SettingsResolver.Resolve(options, "sport", "rtmpConn", "").Effective["voice"].Source);
    }

    [Fact]
    public void Of_several_sections_the_more_specific_decides_setting_by_setting()
    {
        var options = Options(
            ("DUBBING__STREAMS__*__VOICE", "all"), ("DUBBING__STREAMS__*__SOURCELANGUAGE", "de"), ("DUBBING__STREAMS__*__TARGETLANGUAGE", "it"),
            ("DUBBING__STREAMS__news-*__VOICE", "news"), ("DUBBING__STREAMS__news-*__TARGETLANGUAGE", "fr"),
            ("DUBBING__STREAMS__news-1__VOICE", "one"));
        var effective = SettingsResolver.Resolve(options, "news-1", "rtmpConn", "").Effective;
        Assert.Equal(("one", "configuration:news-1"), (effective["voice"].Value, effective["voice"].Source));
        Assert.Equal(("fr", "configuration:news-*"), (effective["target_language"].Value, effective["target_language"].Source));
        Assert.Equal(("de", "configuration:*"), (effective["source_language"].Value, effective["source_language"].Source));
    }

    [Fact]
    public void A_key_is_never_sent_to_another_server_than_its_own()
    {
        var options = Options(
            ("DUBBING__STREAMS__news-*__STSURL", "http://other:1"), ("DUBBING__STREAMS__news-1__STSAPIKEY", "key of one"),
            ("DUBBING__STREAMS__*__STSAPIKEY", "key of all"));
        Assert.Equal("", SettingsResolver.Resolve(options, "news-2", "x", "").Settings.Sts.ApiKey);
        Assert.Equal("key of one", SettingsResolver.Resolve(options, "news-1", "x", "").Settings.Sts.ApiKey);
        Assert.Equal("key of all", SettingsResolver.Resolve(options, "sport", "x", "").Settings.Sts.ApiKey);
    }

    [Theory]
    [InlineData("lang=english", "lang", "'english' is not valid; give a language tag like en or pt-BR")]
    [InlineData("lang=", "lang", "'' is not valid; give a language tag like en or pt-BR")]
    [InlineData("lang=de-Latn-1996", "lang", "'de-Latn-1996' is not valid; give a language tag like en or pt-BR")]
    [InlineData("source_lang=%00%0a", "source_lang", "'??' is not valid; give a language tag like en or pt-BR")]
    [InlineData("voice=a+b!", "voice", "'a b!' is not valid; give letters, digits, '.', '_' or '-', at most 128")]
    [InlineData("pipeline=../dub.launch", "pipeline", "'../dub.launch' is not valid; give one of VoiceOver")]
    [InlineData("pipeline=dub.launch", "pipeline", "'dub.launch' is not valid; give one of VoiceOver")]
    [InlineData("fragment_ms=1e9", "fragment_ms", "'1e9' is not valid; give a whole number from 500 to 60000")]
    [InlineData("fragment_ms=-1", "fragment_ms", "'-1' is not valid; give a whole number from 500 to 60000")]
    [InlineData("timeout_ms=999999999999", "timeout_ms", "'999999999999' is not valid; give a whole number from 1000 to 30000")]
    [InlineData("fallback=%22%20!%20fakesink", "fallback", "'\" ! fakesink' is not valid; give one of original, silence, last, duck")]
    [InlineData("domain_hints=a,b%00", "domain_hints", "'a,b?' is not valid; give at most 100 words or phrases of at most 100 characters, separated by commas")]
    [InlineData("fragment_ms=50000", "fragment_ms", "fragment, timeout and margin make a delay of 59.0 s; pipelines hold 55 s")]
    public void A_bad_value_is_passed_over_and_reported(string query, string key, string problem)
    {
        var resolved = SettingsResolver.Resolve(Options(), "a", "rtmpConn", query + "&voice=anna");
        Assert.Equal(new RejectedSetting(key, problem), Assert.Single(resolved.Rejected));
        Assert.Equal(("anna", "query"), key == "voice" ? ("anna", "query") : (resolved.Settings.Sts.Voice, resolved.Effective["voice"].Source));
        Assert.Equal("default", resolved.Effective[StreamSetting.All.Single(setting => setting.Query == key).Name].Source);
    }

    [Theory]
    [InlineData(100, 100, true)]
    [InlineData(101, 1, false)]
    [InlineData(1, 101, false)]
    public void Domain_hints_are_as_many_and_as_long_as_the_exchange_takes(int count, int length, bool valid)
    {
        var hints = string.Join(", ", Enumerable.Repeat(new string('é', length), count));
        var resolved = SettingsResolver.Resolve(Options(("DUBBING__STS__DOMAINHINTS", "news")), "a", "rtmpConn", "domain_hints=" + Uri.EscapeDataString(hints));
        Assert.Equal(valid ? hints : "news", resolved.Settings.Sts.DomainHints);
        Assert.Equal(valid, resolved.Rejected.Count == 0);
        var options = new Dubbing.Elements.Sessions.SourceSettings { Url = "http://127.0.0.1:1", DomainHints = hints };
        Assert.Equal(valid, Record.Exception(options.ToOptions) is null);
    }

    [Fact]
    public void No_domain_hints_can_be_asked_for_where_the_configuration_has_some()
    {
        var resolved = SettingsResolver.Resolve(Options(("DUBBING__STS__DOMAINHINTS", "news, weather")), "a", "rtmpConn", "domain_hints=");
        Assert.Equal(("", "query"), (resolved.Settings.Sts.DomainHints, resolved.Effective["domain_hints"].Source));
    }

    [Fact]
    public void What_only_the_configuration_may_say_can_not_be_asked_for()
    {
        var query = string.Join('&', StreamSetting.All.SelectMany(setting => new[] { setting.Name, setting.Key }).Append("url").Append("StsUrl")
            .Except(StreamSetting.All.Select(setting => setting.Query!)).Select(key => $"{key}=http://evil"));
        var resolved = SettingsResolver.Resolve(Options(), "a", "rtmpConn", query);
        Assert.All(resolved.Effective, entry => Assert.Equal((entry.Key, "default"), (entry.Key, entry.Value.Source)));
        Assert.Empty(resolved.Rejected);
    }

    [Theory]
    [InlineData("lang=fr&voice=anna")]
    [InlineData("?lang=fr&voice=anna")]
    [InlineData("lang%3Dfr%26voice%3Danna")]
    [InlineData("user=x&pass=a%26lang%3Dde&&=&lang=%66r&lang=de&voice=anna&x")]
    public void A_query_is_read_raw_and_encoded_as_a_whole(string query)
    {
        var settings = SettingsResolver.Resolve(Options(), "a", "rtmpConn", query).Settings;
        Assert.Equal(("fr", "anna"), (settings.Sts.TargetLanguage, settings.Sts.Voice));
    }

    [Fact]
    public void What_is_asked_for_is_compared_by_value()
    {
        var options = Options();
        string Asked(string query) => SettingsResolver.Resolve(options, "a", "rtmpConn", query).Asked;
        Assert.Equal(Asked("lang=fr&voice=anna"), Asked("voice=anna&token=1&lang=fr"));
        Assert.Equal(Asked(""), Asked("lang=nonsense"));
        Assert.NotEqual(Asked(""), Asked("lang=fr"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DubbingOptions Options(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["WORKER_SEGMENT_DIR"] = Path.Combine(_folder, "segments"),
            ["DUBBING__PIPELINES__FOLDER"] = Path.Combine(_folder, "pipelines"),
            ["DUBBING__PIPELINES__BYNAME__VoiceOver"] = "voice-over.launch",
            ["STS_API_KEY"] = "s3cr3t-key",
        };
        foreach (var (name, value) in settings) environment[name] = value;
        var (options, faults) = OptionsValidator.Validate("/nowhere", environment, (_, _) => []);
        Assert.Empty(faults);
        return options!;
    }

    private static string Text(ResolvedSettings resolved) => string.Join('\n', resolved.Effective.Select(entry =>
        $"{entry.Key} {(entry.Value.Value is string[] list ? string.Join(',', list) : entry.Value.Value)} {entry.Value.Source}"));
}
