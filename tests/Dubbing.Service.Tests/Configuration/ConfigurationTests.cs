using System.Net.Sockets;
using Dubbing.Service.Configuration;
using Dubbing.Service.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Dubbing.Service.Tests.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dubbing-test-").FullName;

    public ConfigurationTests() => TestService.WritePipelines(_folder);

    [Fact]
    public void Defaults_are_valid_and_the_settings_file_says_the_same()
    {
        var environment = Environment();
        var (fromNothing, faults) = OptionsValidator.Validate("/nowhere", environment, (_, _) => []);
        Assert.Empty(faults);
        var (fromFile, fileFaults) = OptionsValidator.Validate(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), environment, (_, _) => []);
        Assert.Empty(fileFaults);
        Assert.Equal(Text(fromNothing!), Text(fromFile!));
        Assert.Equal((8080, 6000, 8000, 1000, 200), (fromNothing!.Port, fromNothing.Segments.FragmentMs, fromNothing.Sts.TimeoutMs, fromNothing.Sts.MarginMs, fromNothing.Pipelines.RtspLatencyMs));
    }

    [Fact]
    public void The_old_names_work_and_the_new_ones_win()
    {
        var (options, faults) = Validate(
            ("PORT", "81"), ("LOG_LEVEL", "DEBUG"), ("MEDIAMTX_HOST", "mtx"), ("MEDIAMTX_API_URL", "http://api:1/"), ("STS_SERVICE_URL", "https://sts"),
            ("STS_API_KEY", "k"), ("WORKER_SOURCE_LANGUAGE", "de"), ("WORKER_TARGET_LANGUAGE", "pt-BR"), ("MAX_CONCURRENT_STREAMS", "3"),
            ("CIRCUIT_BREAKER_THRESHOLD", "7"), ("CIRCUIT_BREAKER_TIMEOUT", "9"), ("DUBBING__PORT", "82"));
        Assert.Empty(faults);
        Assert.Equal((82, LogLevel.Debug), (options!.Port, options.LogLevel));
        Assert.Equal(new MediaServerOptions("rtmp://mtx:1935", "rtsp://mtx:8554", "http://api:1", TimeSpan.FromSeconds(15)), options.MediaServer);
        Assert.Equal(new StsOptions("https://sts", "/socket.io/", "/", "k", "de", "pt-BR", "default", "", 8000, 1000, "original", 3, 7, 9000), options.Sts);
        Assert.Equal(3, options.Lifecycle.MaxConcurrentStreams);
    }

    [Fact]
    public void Every_fault_is_named_with_its_mend()
    {
        File.WriteAllText(Path.Combine(_folder, "pipelines", "dub.launch"), "fakesrc !\nfakesink name=${nmae}");
        File.WriteAllText(Path.Combine(_folder, "plain"), "");
        var (options, faults) = Validate(
            ("PORT", "eighty"), ("LOG_LEVEL", "loud"), ("MEDIAMTX_HOST", "a b"), ("MEDIAMTX_RTMP_URL", "http://user:s3cr3t@h"), ("STS_SERVICE_URL", "sts:3000/s3cr3t"),
            ("WORKER_SOURCE_LANGUAGE", "english"), ("WORKER_SEGMENT_DIR", Path.Combine(_folder, "plain")), ("MAX_CONCURRENT_STREAMS", "0"),
            ("CIRCUIT_BREAKER_TIMEOUT", "-1"), ("DUBBING__ADDRESS", "localhost"), ("DUBBING__LOGFORMAT", "xml"), ("DUBBING__STS__TIMEOUTMS", "8s"),
            ("DUBBING__STS__PATH", "socket.io?a"), ("DUBBING__STS__NAMESPACE", "/a,b"), ("DUBBING__STS__MAXINFLIGHT", "11"),
            ("DUBBING__PIPELINES__BYSOURCETYPE__srt*", "none.launch"),
            ("DUBBING__STREAMS__a__PIPELINE", "dub.launch"), ("DUBBING__STREAMS__a__STSURL", "s3cr3t"), ("DUBBING__STREAMS__a__EGRESS", "rtmp://h/app/s3cr3t rtmp://h/s3cr3t"),
            ("DUBBING__MEDIASERVER__PASSWORD", "s3cr3t"), ("DUBBING__STREAMS__b__VOCE", "anna"), ("DUBBING__STREAMS__b__MATCH", "live/b"), ("DUBBING__STREAMS__c__MATCH", "a"));
        Assert.Null(options);
        Snapshot.AssertEqual("faults", string.Join('\n', faults).Replace(_folder, "FOLDER") + "\n");
    }

    [Theory]
    [InlineData("DUBBING__STS__URL", "https://sts.example/", null)]
    [InlineData("DUBBING__STS__URL", "ws://[::1]:3000", null)]
    [InlineData("DUBBING__STS__URL", "http://sts:3000/socket.io", "Dubbing:Sts:Url")]
    [InlineData("DUBBING__STS__URL", "http://sts:3000?token=s3cr3t", "Dubbing:Sts:Url")]
    [InlineData("DUBBING__STS__URL", "http://user:s3cr3t@sts:3000", "Dubbing:Sts:Url")]
    [InlineData("DUBBING__STS__TARGETLANGUAGE", "zh-Hant-TW", null)]
    [InlineData("DUBBING__STS__TARGETLANGUAGE", "de-Latn-1996", "Dubbing:Sts:TargetLanguage")]
    [InlineData("DUBBING__STS__PATH", "/a/b c", "Dubbing:Sts:Path")]
    [InlineData("DUBBING__STS__PATH", "/v2/socket.io/", null)]
    [InlineData("DUBBING__STS__NAMESPACE", "/a?b", "Dubbing:Sts:Namespace")]
    [InlineData("DUBBING__STS__NAMESPACE", "/dub-2", null)]
    [InlineData("DUBBING__STS__MAXINFLIGHT", "10", null)]
    public void What_the_exchange_would_refuse_is_a_fault_at_the_start(string name, string value, string? fault)
    {
        var (options, faults) = Validate((name, value));
        if (fault is not null)
        {
            Assert.StartsWith(fault, Assert.Single(faults).ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("s3cr3t", faults[0].ToString(), StringComparison.Ordinal);
            return;
        }

        Assert.Empty(faults);
        var sts = options!.Sts;
        new Dubbing.Elements.Sessions.SourceSettings
        {
            Url = sts.Url,
            Path = sts.Path,
            Namespace = sts.Namespace,
            TargetLanguage = sts.TargetLanguage,
            MaxInflight = (uint)sts.MaxInflight,
        }.ToOptions();
    }

    [Fact]
    public void A_pipeline_that_can_not_be_made_is_a_fault()
    {
        File.WriteAllText(Path.Combine(_folder, "pipelines", "dub.launch"), "fakesrc !\navdec_nosuch ! fakesink");
        var (_, faults) = OptionsValidator.Validate("/nowhere", Environment(), (file, values) =>
            file.Name == "dub.launch" ? Pipeline.LaunchCheck.Faults(file, values) : []);
        Assert.Equal(
            "Dubbing:Pipelines:BySourceType: dub.launch:2: there is no element 'avdec_nosuch'; install the Debian package gstreamer1.0-libav",
            Assert.Single(faults).ToString());
    }

    [Theory]
    [InlineData("DUBBING__SEGMENTS__FRAGMENTMS", "Dubbing:Segments:FragmentMs")]
    [InlineData("DUBBING__STREAMS__news-*__FRAGMENTMS", "Dubbing:Streams:news-*")]
    public void A_delay_that_no_pipeline_holds_is_a_fault(string name, string key)
    {
        Assert.Equal(
            $"{key}: fragment, timeout and margin make a delay of 59.0 s; pipelines hold 55 s",
            Assert.Single(Validate((name, "50000")).Faults).ToString());
    }

    [Fact]
    public void A_settings_file_that_is_no_json_is_a_fault()
    {
        var file = Path.Combine(_folder, "bad.json");
        File.WriteAllText(file, "{ \"Dubbing\": ");
        Assert.StartsWith($"{file}: it is not valid JSON; ", Assert.Single(OptionsValidator.Validate(file, Environment(), (_, _) => []).Faults).ToString());
    }

    [Fact]
    public void A_settings_file_that_can_not_be_opened_is_a_fault()
    {
        // Not even root can open it: it is a socket.
        var file = Path.Combine(_folder, "socket.json");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(file));
        Assert.StartsWith($"{file}: it can't be read: ", Assert.Single(OptionsValidator.Validate(file, Environment(), (_, _) => []).Faults).ToString());
    }

    [Fact]
    public void The_longest_pattern_decides_which_pipeline()
    {
        File.Copy(Path.Combine(_folder, "pipelines", "dub.launch"), Path.Combine(_folder, "pipelines", "mine.launch"));
        var (options, _) = Validate(("DUBBING__PIPELINES__BYSOURCETYPE__rtmps*", "mine.launch"));
        var files = options!.Pipelines.Files;
        Assert.Equal("dub-rtmp.launch", files.For("rtmp").Name);
        Assert.Equal("dub-rtmp.launch", files.For("rtmpConn").Name);
        Assert.Equal("mine.launch", files.For("rtmpsConn").Name);
        Assert.Equal("dub.launch", files.For("rtspSession").Name);
        Assert.Equal("dub.launch", files.For("").Name);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (DubbingOptions? Options, IReadOnlyList<ConfigurationFault> Faults) Validate(params (string Name, string Value)[] settings)
    {
        var environment = Environment();
        foreach (var (name, value) in settings) environment[name] = value;
        return OptionsValidator.Validate("/nowhere", environment, (_, _) => []);
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["WORKER_SEGMENT_DIR"] = Path.Combine(_folder, "segments"),
        ["DUBBING__PIPELINES__FOLDER"] = Path.Combine(_folder, "pipelines"),
    };

    private static string Text(DubbingOptions options) => string.Join('\n',
        options.Address, options.Port, options.LogLevel, options.JsonLog, options.MediaServer, options.Sts, options.Segments,
        options.Pipelines.RtspLatencyMs, string.Join(',', options.Pipelines.Files.All.Select(entry => entry.File.Name)), options.Lifecycle);
}
