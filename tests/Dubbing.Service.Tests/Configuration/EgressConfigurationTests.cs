using Dubbing.Pipeline;
using Dubbing.Service.Configuration;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Configuration;

/// <summary>What passes outputs on, before anything runs.</summary>
public sealed class EgressConfigurationTests : IDisposable
{
    private const string NoAddress = "there is one that is no address to publish to; give rtmp://host/app/key (rtmp, rtmps are known), several separated by spaces";
    private const string OwnPath = "there is one that is the stream's own path on the media server, and would feed it with its own output, or where another stream's output goes; give another server or path";

    private readonly string _folder = Directory.CreateTempSubdirectory("dubbing-test-").FullName;

    public EgressConfigurationTests() => TestService.WritePipelines(_folder);

    [Theory]
    [InlineData("rtmp://h/app/s3cr3t", null)]
    [InlineData("rtmps://user:s3cr3t@h:443/rtmp/s3cr3t?s_bl=1&s_ps=1 rtmp://[::1]:1936/a/b/s3cr3t", null)]
    [InlineData("rtsp://h/app/s3cr3t", NoAddress)]
    [InlineData("rtmp://h/s3cr3t", NoAddress)]
    [InlineData("rtmp://h/app/s3cr3t/", NoAddress)]
    [InlineData("rtmp:///app/s3cr3t", NoAddress)]
    [InlineData("s3cr3t", NoAddress)]
    [InlineData("rtmp://h/app/key?token=s3cr3t/again", "there is one with a slash in its query, where it can't be; write %2F")]
    [InlineData("rtmp://h/app/s3cr3t rtmp://h/app/s3cr3t", "there is one twice; give each address once")]
    public void A_target_is_an_address_with_application_and_key(string targets, string? problem) => AssertFault(problem, ("a", targets));

    [Theory]
    [InlineData("rtmp://media:1936/live/news-1/in", OwnPath)]
    [InlineData("rtmp://MEDIA:1936/live/news-1/out?user=x", OwnPath)]
    [InlineData("rtmp://media:1936/live/sports/out", OwnPath)]
    [InlineData("rtmp://media:1936/live/sports/in", null)]
    [InlineData("rtmp://media/live/news-1/in", null)]
    [InlineData("rtmp://other:1936/live/news-1/in", null)]
    [InlineData("rtmp://media:1936/live/news-1/elsewhere", null)]
    public void A_streams_own_path_is_no_target(string target, string? problem) =>
        AssertFault(problem, ("news-*", target), ("RTMP", "rtmp://media:1936"));

    [Fact]
    public void The_own_path_is_known_by_any_name_of_this_machine_and_by_the_usual_port() =>
        AssertFault(OwnPath, ("a", "rtmp://localhost:1935/live/a/in"), ("RTMP", "rtmp://127.0.0.1"));

    [Fact]
    public void The_pipeline_file_is_checked_where_there_is_a_target()
    {
        File.WriteAllText(Path.Combine(_folder, "pipelines", "egress.launch"), "rtmp2src location=${input} !\nnosuch location=${target}");
        Assert.Empty(Validate(Check));
        Assert.Equal(
            "Dubbing:Pipelines:Egress: egress.launch:2: there is no element 'nosuch'; check the spelling with gst-inspect-1.0",
            Assert.Single(Validate(Check, ("a", "rtmp://h/app/s3cr3t"))));
        File.WriteAllText(Path.Combine(_folder, "pipelines", "egress.launch"), "rtmp2src ! rtmp2sink location=${output}");
        Assert.Equal(
            "Dubbing:Pipelines:Egress: egress.launch: ${output} is no placeholder; known are input, stream_id, target",
            Assert.Single(Validate((_, _) => [], ("a", "rtmp://h/app/s3cr3t"))));
        File.Delete(Path.Combine(_folder, "pipelines", "egress.launch"));
        Assert.StartsWith("Dubbing:Pipelines:Egress: ", Assert.Single(Validate((_, _) => [], ("a", "rtmp://h/app/s3cr3t"))));

        // The project's own elements are not registered here.
        static IReadOnlyList<string> Check(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values) =>
            file.Name == "egress.launch" ? LaunchCheck.Faults(file, values) : [];
    }

    [Fact]
    public void The_file_is_checked_with_an_address_that_needs_tls_if_there_is_one()
    {
        var checkedWith = new List<string>();
        Assert.Empty(Validate(
            (file, values) =>
            {
                if (file.Name == "egress.launch") checkedWith.Add(values["target"].Text);
                return [];
            },
            ("a", "rtmp://h/app/k1"), ("b", "rtmps://h/app/k2 rtmp://h/app/k3")));
        Assert.Equal(["rtmps://h/app/k2"], checkedWith);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void AssertFault(string? problem, params (string Section, string Targets)[] settings)
    {
        var faults = Validate((_, _) => [], settings);
        if (problem is null) Assert.Empty(faults);
        else Assert.Equal($"Dubbing:Streams:{settings[0].Section}:Egress: {problem}", Assert.Single(faults));
    }

    private List<string> Validate(
        Func<LaunchFile, IReadOnlyDictionary<string, PlaceholderValue>, IReadOnlyList<string>> check, params (string Section, string Targets)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["WORKER_SEGMENT_DIR"] = Path.Combine(_folder, "segments"),
            ["DUBBING__PIPELINES__FOLDER"] = Path.Combine(_folder, "pipelines"),
        };
        foreach (var (section, targets) in settings) environment[section == "RTMP" ? "MEDIAMTX_RTMP_URL" : $"DUBBING__STREAMS__{section}__EGRESS"] = targets;
        var (options, faults) = OptionsValidator.Validate("/nowhere", environment, check);
        Assert.Equal(faults.Count == 0, options is not null);
        return [.. faults.Select(fault => fault.ToString())];
    }
}
