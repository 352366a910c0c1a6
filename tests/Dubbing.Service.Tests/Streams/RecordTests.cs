using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

/// <summary>What a run leaves to look at: fragments, graph, files.</summary>
public class RecordTests
{
    [Fact]
    public async Task Fragments_are_counted_and_listed()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        for (var i = 0UL; i < 120; i++)
        {
            pipeline.Message("sts-fragment-cut", ("fragment-id", $"f{i}"), ("index", i), ("start-time", i * 6_000_000_000), ("duration", 5_994_000_000UL), ("bytes", 100UL));
            pipeline.Message("sts-fragment-sent", ("fragment-id", $"f{i}"), ("index", i), ("inflight", 1));
            pipeline.Message("sts-fragment-processed", ("fragment-id", $"f{i}"), ("status", "success"), ("rtt-ms", 812L), ("slack-ms", 4200L), ("inflight", 0));
            pipeline.Message("sts-fragment", ("fragment-id", $"f{i}"), ("index", i), ("outcome", i == 119 ? "fallback" : "dubbed"),
                ("reason", i == 119 ? "late" : ""), ("start-time", i * 6_000_000_000), ("duration", 5_994_000_000UL));
        }

        pipeline.Message("sts-state", ("state", "ready"));
        await service.UntilAsync(status => status.StsState == "ready");
        var counts = (await service.GetAsync()).GetProperty("fragments");
        Assert.Equal("""{"cut":120,"sent":120,"acked":0,"processed":120,"dubbed":119,"fallback":{"late":1}}""", counts.ToString());
        var fragments = System.Text.Json.JsonDocument.Parse(await service.Http.GetStringAsync(new Uri("/v1/streams/a/fragments", UriKind.Relative), TestContext.Current.CancellationToken)).RootElement.GetProperty("fragments");
        Assert.Equal(100, fragments.GetArrayLength());
        Assert.Equal(
            """{"id":"f119","index":119,"start_seconds":714,"duration_seconds":5.994,"sent":true,"answered_ms":812,"outcome":"fallback","reason":"late","slack_ms":4200}""",
            fragments[99].ToString());
    }

    [Fact]
    public async Task The_graph_is_the_running_pipelines_or_that_of_the_one_that_failed()
    {
        await using var service = await TestService.StartAsync();
        var address = new Uri("/v1/streams/a/graph", UriKind.Relative);
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run(latencySeconds: 16);
        await service.UntilAsync(status => status.DelaySeconds == 16);
        Assert.Equal("digraph dub {}", await service.Http.GetStringAsync(address, TestContext.Current.CancellationToken));
        pipeline.Fail("gone");
        await service.UntilRetryAsync();
        Assert.Equal("digraph dub {}", await service.Http.GetStringAsync(address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Segment_folders_of_ended_runs_are_kept_within_bounds()
    {
        await using var service = await TestService.StartAsync(("DUBBING__SEGMENTS__MAXRUNS", "1"));
        for (var i = 0; i < 3; i++)
        {
            await service.ReadyAsync(source: $"s{i}");
            (await service.Launcher.NextAsync()).Run();
            await service.NotReadyAsync(source: $"s{i}");
            service.Time.Advance(TimeSpan.FromSeconds(30));
            await service.UntilAsync(StreamState.Idle);
        }

        service.Streams.Tidy();
        var run = (await service.UntilAsync(StreamState.Idle)).RunId!;
        Assert.Equal([run], Directory.GetDirectories(Path.Combine(service.SegmentFolder, "a")).Select(folder => Path.GetFileName(folder)!));
    }

    [Theory]
    [InlineData("24", "1000", "old.m4a")]
    [InlineData("1000", "1", "old.m4a older.m4a")]
    public async Task Files_of_a_run_that_goes_on_are_kept_within_bounds_too(string hours, string megabytes, string gone)
    {
        await using var service = await TestService.StartAsync(("DUBBING__SEGMENTS__MAXAGEHOURS", hours), ("DUBBING__SEGMENTS__MAXMEGABYTES", megabytes));
        await service.ReadyAsync();
        await service.Launcher.NextAsync();
        var run = Path.Combine(service.SegmentFolder, "a", (await service.UntilAsync(_ => true)).RunId!);
        Write("new.m4a", 600_000, hours: 0);
        Write("older.m4a", 600_000, hours: 23);
        Write("old.m4a", 300_000, hours: 25);
        Write("old.m4a.part", 10, hours: 30);
        service.Streams.Tidy();
        Assert.Equal(
            "new.m4a old.m4a older.m4a old.m4a.part".Split(' ').Except(gone.Split(' ')).Order(),
            Directory.GetFiles(run).Select(file => Path.GetFileName(file)!).Order());

        void Write(string name, int bytes, int hours)
        {
            File.WriteAllBytes(Path.Combine(run, name), new byte[bytes]);
            File.SetLastWriteTimeUtc(Path.Combine(run, name), service.Time.GetUtcNow().UtcDateTime.AddHours(-hours));
        }
    }

    [Fact]
    public async Task What_others_keep_in_the_folder_stays_and_holds_nothing_up()
    {
        await using var service = await TestService.StartAsync(("DUBBING__SEGMENTS__MAXRUNS", "0"));
        var theirs = Path.Combine(Directory.CreateTempSubdirectory("dubbing-test-").FullName);
        string[] kept = [Folder("recordings/2026-01-01"), Folder("a b/20260102T030405Z-0123abcd"), Folder("empty"), Folder("b/notes"), Folder("lost/found")];
        Directory.CreateDirectory(Path.Combine(theirs, "20260102T030405Z-0123abcd"));
        Directory.CreateSymbolicLink(Path.Combine(service.SegmentFolder, "linked"), theirs);
        File.SetUnixFileMode(Path.Combine(service.SegmentFolder, "lost"), UnixFileMode.None);
        var ours = Folder("b/20260102T030405Z-0123abcd");
        service.Streams.Tidy();
        File.SetUnixFileMode(Path.Combine(service.SegmentFolder, "lost"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.False(Directory.Exists(ours));
        Assert.All(kept, folder => Assert.True(Directory.Exists(folder), folder));
        Assert.Single(Directory.GetDirectories(theirs));
        Directory.Delete(theirs, recursive: true);

        string Folder(string path) => Directory.CreateDirectory(Path.Combine(service.SegmentFolder, path)).FullName;
    }

    [Fact]
    public async Task With_its_last_run_a_stream_s_folder_goes()
    {
        await using var service = await TestService.StartAsync(("DUBBING__SEGMENTS__MAXRUNS", "0"));
        await service.ReadyAsync();
        (await service.Launcher.NextAsync()).Run();
        service.Streams.Tidy();
        Assert.Single(Directory.GetDirectories(Path.Combine(service.SegmentFolder, "a")));
        await service.NotReadyAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.UntilAsync(StreamState.Idle);
        service.Streams.Tidy();
        Assert.Empty(Directory.GetDirectories(service.SegmentFolder));
    }
}
