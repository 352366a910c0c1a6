using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>The output goes to third parties as it is; those that are dead disturb nothing; no secret shows anywhere.</summary>
public sealed class EgressTests(ITestOutputHelper output)
{
    private const string Id = "passed";
    private const string Secret = "s3cr3t";
    private const string Key = "s3cr3t-key";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    // Of each recording at the target.
    private static readonly TimeSpan s_piece = TimeSpan.FromSeconds(2);

    // Long enough for both. A whole number of groups of pictures, so that sound and picture end together.
    private static readonly TimeSpan s_clip = TimeSpan.FromSeconds(22);

    [Fact]
    public async Task The_output_is_passed_on_as_it_is_and_no_dead_target_disturbs_it()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (port, dead) = (FreePorts.Next(), FreePorts.Next());
        var log = new ConcurrentQueue<string>();
        var answers = new ConcurrentQueue<string>();
        await using var front = TlsFront.Start(port);
        await using var stage = await Stage.Start(FlowJudge.Options(Id) with
        {
            Fragment = TimeSpan.FromSeconds(2),
            StsTimeout = TimeSpan.FromSeconds(1),
            OnServiceLine = log.Enqueue,
            Service = new Dictionary<string, string?>
            {
                ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1",
                ["LOG_LEVEL"] = "debug",
                ["STS_API_KEY"] = $"{Secret}-sts",
                ["DUBBING__MEDIASERVER__USER"] = "dubbing",
                ["DUBBING__MEDIASERVER__PASSWORD"] = $"{Secret}-media &=/%",
                ["MEDIAMTX_API_URL"] = $"http://user:{Secret}-api@127.0.0.1:{dead}",
                ["DUBBING__MEDIASERVER__RECONCILESECONDS"] = "2",
                [$"DUBBING__STREAMS__{Id}__EGRESS"] =
                    $"rtmp://user:{Secret}-password@127.0.0.1:{port}/live/goal/{Key}?token={Secret}-token rtmp://127.0.0.1:{dead}/live/dead/{Key}-2 rtmps://127.0.0.1:{front.Port}/live/goal/{Key}-3",
            },
        });
        var (first, before) = (await Goal(port), Recorder(port));
        using var folder = new TemporaryFolder();
        var clip = folder.File("clip.flv");
        await File.WriteAllBytesAsync(clip, FlvWriter.ToBytes(Recording.FromFile(FixtureFiles.A).Tags.TakeWhile(tag => tag.Timestamp < s_clip.TotalMilliseconds)), cancel);
        await using var take = Take.Start(stage, Id, clip);
        await Piece(before);
        var status = await stage.WaitForStream(Id, stream => State(stream, 0) == "sending", s_limit);
        output.WriteLine(status["egress"]!.ToJsonString());
        Assert.Equal($"rtmp://***@127.0.0.1:{port}/live/goal/***", (string?)status["egress"]![0]!["target"]);
        await Ask(stage, answers);

        first.Process.Signal(UnixSignal.Kill);
        await before.Ended.WaitAsync(s_limit, cancel);
        status = await stage.WaitForStream(Id, stream => State(stream, 0) == "retrying", s_limit);
        await first.DisposeAsync();
        await using var second = await Goal(port);
        await using var after = Recorder(port);
        await Piece(after);
        status = await stage.WaitForStream(Id, stream => State(stream, 0) == "sending", s_limit);
        output.WriteLine(status["egress"]!.ToJsonString());
        Assert.Equal(("running", 0), ((string?)status["state"], (int)status["restarts"]!));
        Assert.Empty(status["errors"]!.AsArray());
        // The dead one and the one whose certificate nobody signed have been tried all the while.
        Assert.All(status["egress"]!.AsArray().Skip(1), target => Assert.InRange((int)target!["restarts"]!, 2, 20));
        Assert.Contains("Connection refused", (string?)status["egress"]![1]!["last_error"], StringComparison.Ordinal);
        // A handshake that a busy machine could not finish is tried again like any other.
        await stage.WaitForStream(
            Id, stream => ((string?)stream["egress"]![2]!["last_error"])?.Contains("certificate", StringComparison.OrdinalIgnoreCase) == true, s_limit);
        var metrics = await stage.Metrics(Id);
        Assert.Equal((1, 0, 0), (metrics["dubbing_egress_up{target=\"1\"}"], metrics["dubbing_egress_up{target=\"2\"}"], metrics["dubbing_egress_up{target=\"3\"}"]));
        await Ask(stage, answers);

        var result = await take.Finish(s_limit);
        await after.Ended.WaitAsync(s_limit, cancel);
        await stage.WaitForStream(Id, stream => (string?)stream["state"] == "idle" && State(stream, 0) == "waiting", s_limit);
        await Ask(stage, answers);
        Judge(result, await before.StopAsync(), await after.StopAsync());
        Assert.Equal(0, await stage.Service.Stop());
        Assert.Contains(log, line => line.Contains("the control API", StringComparison.Ordinal));
        Assert.All(log.Concat(answers), text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    private void Judge(TakeResult result, Recording before, Recording after)
    {
        var report = new MeasureReport([VideoCheck.Run(result.Clip, result.Output, relayedAsIs: result.RelayedAsIs), AudioCheck.Run(result.Output), PassedOnCheck.Run(result.Output, before, result.RelayedAsIs), PassedOnCheck.Run(result.Output, after, result.RelayedAsIs)]);
        output.WriteLine(report.ToTable());
        output.WriteLine($"{PacingCheck.Run(result.Output)} {PacingCheck.Run(before)} {PacingCheck.Run(after)}");
        Assert.True(report.Ok, report.ToTable());
        Assert.NotEqual(0, (int)result.Status["egress"]![0]!["restarts"]!);
    }

    private static Task<NginxRtmp> Goal(int port) => NginxRtmp.Start(["goal"], new NginxRtmpOptions { Port = port, KeepIdleReaders = true });

    private static LiveRecorder Recorder(int port) =>
        LiveRecorder.Start($"rtmp://127.0.0.1:{port}/live/goal/{Key}", new LiveRecorderOptions { WaitForStream = s_limit });

    private static async Task Piece(LiveRecorder recorder)
    {
        var picture = await recorder.FirstVideo.WaitAsync(s_limit);
        await recorder.UntilAsync(tag => tag.IsAac && tag.Timestamp > picture.Timestamp + s_piece.TotalMilliseconds, s_limit);
    }

    private static string? State(JsonNode stream, int target) => (string?)stream["egress"]![target]!["state"];

    // Everything that the API tells of the stream.
    private static async Task Ask(Stage stage, ConcurrentQueue<string> answers)
    {
        string[] paths = ["/v1/streams", $"/v1/streams/{Id}", $"/v1/streams/{Id}/fragments", $"/v1/streams/{Id}/captions.vtt", $"/v1/streams/{Id}/graph", "/v1/openapi.json", "/metrics", "/health"];
        foreach (var path in paths)
        {
            using var answer = await stage.Service.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            answers.Enqueue(await answer.Content.ReadAsStringAsync());
        }

        // Events end with the run: until then those are read that are there.
        using var events = new StreamReader(await stage.Service.Http.GetStreamAsync(new Uri($"/v1/streams/{Id}/events", UriKind.Relative)));
        for (var blocks = 0; blocks < 10 && await events.ReadLineAsync(TestContext.Current.CancellationToken) is { } line; blocks += line.Length == 0 ? 1 : 0)
            answers.Enqueue(line);
    }
}
