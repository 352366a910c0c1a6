using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dubbing.Testing;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>What can't be dubbed gets one clear error, leaves nothing behind, and does not disturb a stream that runs beside.</summary>
public sealed partial class WrongInputTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_gone = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task An_unknown_path_and_video_without_audio_leave_another_stream_alone()
    {
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = ["good", "mute", "mute-rtsp"],
            VideoOnly = ["mute", "mute-rtsp"],
            KeepIdleReaders = true,
            Fragment = TimeSpan.FromSeconds(3),
            Service = new Dictionary<string, string?>
            {
                ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1",
                ["DUBBING__PIPELINES__BYNAME__RTSP"] = "dub.launch",
                ["DUBBING__STREAMS__*-rtsp__PIPELINE"] = "RTSP",
            },
        });
        await using var take = Take.Start(stage, "good", FixtureFiles.A);
        await stage.WaitForState("good", s_limit, "running");

        await CheckUnknownPath(stage);
        await CheckVideoWithoutAudio(stage, "mute", "no audio track: in N s no AAC audio has come");
        await CheckVideoWithoutAudio(stage, "mute-rtsp", "the input has no track for 'aac-track' (GstCapsFilter)");

        var result = await take.Finish(s_limit);
        var report = new MeasureReport([AudioCheck.Run(result.Output)]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        Assert.All(result.Fragments.Where(f => (bool)f["sent"]!), f => Assert.Equal("dubbed", (string?)f["outcome"]));
    }

    [Fact]
    public async Task A_server_that_refuses_is_one_error_and_the_stream_flows()
    {
        var port = FreePorts.Next();
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = ["refused"],
            KeepIdleReaders = true,
            Fragment = TimeSpan.FromSeconds(1),
            StsTimeout = TimeSpan.FromSeconds(1),
            StsUrl = $"http://127.0.0.1:{port}",
            Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" },
        });
        // Long enough for several attempts to connect.
        await using var take = Take.Start(stage, "refused", FixtureFiles.E, loops: 1);
        var running = await stage.WaitForState("refused", s_limit, "running");
        Assert.Equal("disconnected", (string?)(await stage.WaitForStream("refused", s => (string?)s["sts_state"] != "connecting", s_limit))["sts_state"]);
        Assert.Null(running["reason"]);
        var result = await take.Finish(s_limit);

        var error = Assert.Single(result.Status["errors"]!.AsArray())!;
        Assert.Equal("stssrc", (string?)error["element"]);
        Assert.Equal($"the STS server can't be reached, the original plays: Connection refused (127.0.0.1:{port})", (string?)error["message"]);
        var report = new MeasureReport([AudioCheck.Run(result.Output)]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        Assert.All(result.Fragments, f => Assert.Equal("fallback", (string?)f["outcome"]));
    }

    [Fact]
    public async Task A_typo_in_a_launch_file_ends_the_start_with_a_line_a_fault()
    {
        using var folder = new TemporaryFolder();
        CopyPipelines(folder.Path);
        Spoil(folder.File("dub-rtmp.launch"), "h264parse", "h264prase");
        Spoil(folder.File("dub.launch"), "max-size-bytes=0", "max-size-bites=0");
        var service = await RunToItsEnd(new() { ["DUBBING__PIPELINES__FOLDER"] = folder.Path });

        Assert.Equal(
            [
                $"dub-rtmp.launch:{LineOf(folder.File("dub-rtmp.launch"), "h264prase")}: there is no element 'h264prase'; check the spelling with gst-inspect-1.0",
                $"dub.launch:{LineOf(folder.File("dub.launch"), "max-size-bites")}: no property \"max-size-bites\" in element \"queue\"",
            ],
            service);
    }

    [Fact]
    public async Task A_missing_plugin_ends_the_start_with_the_package_that_has_it()
    {
        using var folder = new TemporaryFolder();
        var plugins = folder.File("plugins");
        await LinkPluginsWithout("rtmp2src", plugins);
        var service = await RunToItsEnd(new()
        {
            ["GST_PLUGIN_SYSTEM_PATH_1_0"] = plugins,
            ["GST_PLUGIN_SYSTEM_PATH"] = plugins,
            ["GST_REGISTRY"] = folder.File("registry"),
            ["DUBBING__PIPELINES__FOLDER"] = Repository.PathTo("pipelines"),
        });

        string Line(string file, string element) =>
            $"{file}:{LineOf(Repository.PathTo($"pipelines/{file}"), element)}: there is no element '{element}'; "
            + "install the Debian package gstreamer1.0-plugins-bad";
        Assert.Equal([Line("dub-rtmp.launch", "rtmp2src"), Line("dub-rtmp.launch", "rtmp2sink"), Line("dub.launch", "rtmp2sink")], service);
    }

    private static async Task CheckUnknownPath(Stage stage)
    {
        using var answer = await stage.Service.Http.PostAsJsonAsync("/v1/mediamtx/events/ready",
            new { path = "live/good", sourceType = "rtmpConn", sourceId = "1" }, TestContext.Current.CancellationToken);
        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
        Assert.True(problem.Remove("correlation_id"));
        Assert.Equal(
            """
            {
              "type": "about:blank",
              "title": "The event is malformed",
              "status": 422,
              "detail": "path: it must be live/<stream id>/in or live/<stream id>/out; a stream id is letters, digits, '-' and '_', at most 64",
              "field": "path"
            }
            """,
            problem.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        var streams = JsonNode.Parse(await stage.Service.Http.GetStringAsync("/v1/streams", TestContext.Current.CancellationToken))!["streams"]!;
        Assert.Equal("good", (string?)Assert.Single(streams.AsArray())!["stream_id"]);
    }

    private static async Task CheckVideoWithoutAudio(Stage stage, string id, string reason)
    {
        var (before, workers) = (ProcessResources.Of(stage.Service.Process.Id), Workers(stage).Count);
        await using var reader = LiveRecorder.Start(stage.Media.RtmpUrl($"live/{id}/in"));
        await using var publisher = Publisher.Start(FixtureFiles.D, stage.Media.RtmpUrl($"live/{id}/in"));
        await reader.FirstVideo.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        var seen = TimeProvider.System.GetTimestamp();
        var stream = await stage.WaitForState(id, s_limit, "degraded");
        Assert.InRange(TimeProvider.System.GetElapsedTime(seen).TotalSeconds, 0, 5);
        Assert.Equal(reason, Number().Replace((string)stream["reason"]!, "N"));
        Assert.Equal((string?)stream["reason"], (string?)Assert.Single(stream["errors"]!.AsArray())!["message"]);

        // The publisher is still there: nothing may be tried again.
        var left = "";
        await Poll.Until(() => (left = Left(before, ProcessResources.Of(stage.Service.Process.Id))).Length == 0 && Workers(stage).Count == workers,
            s_gone, () => $"left behind: {left}; processes of the service: {string.Join(' ', Workers(stage))}");
        Assert.Equal(0, await stage.Media.Publishers($"live/{id}/out", TestContext.Current.CancellationToken));
        Assert.False(publisher.Finished.IsCompleted, "the publisher was thrown out");
        Assert.Equal(0, (int)(await stage.Stream(id))["restarts"]!);
    }

    private static IReadOnlyList<int> Workers(Stage stage) => ProcessTree.Children(stage.Service.Process.Id);

    // The good stream's decoders come and go, and GLib keeps two threads of theirs ready, under their last names. So: no more of any
    // thread that a pipeline has, few more in all.
    private static string Left(ProcessResources before, ProcessResources now)
    {
        const int Spare = 4;
        var more = now.Threads.Where(t => before.Threads.TryGetValue(t.Key, out var count) && t.Value > count).Select(t => t.Key).ToList();
        if (now.ThreadCount > before.ThreadCount + Spare)
            more.Add(now.Beyond(before));
        if (now.Files.GetValueOrDefault("socket") > before.Files.GetValueOrDefault("socket"))
            more.Add($"{now.Files["socket"] - before.Files["socket"]} sockets");
        return string.Join(", ", more);
    }

    private static void CopyPipelines(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathTo("pipelines"), "*.launch"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    // The first occurrence.
    private static void Spoil(string file, string right, string wrong)
    {
        var text = File.ReadAllText(file);
        var at = text.IndexOf(right, StringComparison.Ordinal);
        File.WriteAllText(file, text[..at] + wrong + text[(at + right.Length)..]);
    }

    private static int LineOf(string file, string text) =>
        1 + Array.FindIndex(File.ReadAllLines(file), line => !line.StartsWith('#') && line.Contains(text, StringComparison.Ordinal));

    private static async Task LinkPluginsWithout(string element, string folder)
    {
        var inspect = ChildProcess.Start("gst-inspect-1.0", [element], name: "gst-inspect-1.0");
        await using var owned = inspect;
        Assert.Equal(0, await inspect.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        var plugin = inspect.Lines.Select(line => line.Text.Trim()).First(line => line.StartsWith("Filename", StringComparison.Ordinal)).Split(' ')[^1];
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(plugin)!, "*.so").Where(file => file != plugin))
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(file)), file);
    }

    // The faults, without the configuration key in front of each.
    private static async Task<IReadOnlyList<string>> RunToItsEnd(Dictionary<string, string?> settings)
    {
        using var segments = new TemporaryFolder();
        settings["WORKER_SEGMENT_DIR"] = segments.Path;
        settings["PORT"] = $"{FreePorts.Next()}";
        await using var service = ChildProcess.Start(DubbingService.Executable, [], settings, name: "dubbing");
        Assert.Equal(78, await service.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        var lines = service.Lines.Where(line => line.IsError).Select(line => line.Text).ToList();
        Assert.All(lines, line => Assert.StartsWith("Dubbing:Pipelines:BySourceType: ", line, StringComparison.Ordinal));
        return [.. lines.Select(line => line["Dubbing:Pipelines:BySourceType: ".Length..])];
    }

    [GeneratedRegex(@"[0-9]+\.[0-9]")]
    private static partial Regex Number();
}
