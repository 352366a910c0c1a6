using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>SIGTERM while streams run: what is inside is played out, each session and each output ends as its protocol has it.</summary>
public sealed class DrainTests(ITestOutputHelper output)
{
    // Lifecycle:DrainSeconds, and what the process itself takes to go.
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(22);

    // What was on its way through the media server when the pipeline was told to end.
    private static readonly TimeSpan s_underway = TimeSpan.FromSeconds(0.5);

    // A viewer may see the last picture after the server's log has told the end: by no more than any packet may come late.
    private static readonly TimeSpan s_viewer = TimeSpan.FromSeconds(0.1);

    /// <summary>As a container is stopped.</summary>
    [Fact]
    public Task The_service_alone_is_told() => Run(stage => ProcessTree.Signal(stage.Service.Process.Id, UnixSignal.Terminate));

    /// <summary>As systemd stops it, and a terminal.</summary>
    [Fact]
    [Trait("Category", "Soak")]
    public Task All_its_processes_are_told() => Run(stage => stage.Service.Process.Signal(UnixSignal.Terminate));

    private async Task Run(Action<Stage> terminate)
    {
        var ids = Streams.Ids(3);
        using var journal = new EchoJournal();
        await using var stage = await Stage.Start(Streams.Options(ids) with { Echo = new Dictionary<string, string?> { ["ECHO_JOURNAL"] = journal.Path } });
        // No B-frames: wherever such an input is cut, its tracks end together.
        var publishers = ids.Select(id => Publisher.Start(FixtureFiles.B, stage.Media.RtmpUrl($"live/{id}/in"))).ToList();
        var readers = ids.ToDictionary(id => id, id => Streams.Read(stage, id));
        try
        {
            await Task.WhenAll(ids.Select(id => stage.WaitForFragment(id, f => (string?)f["outcome"] == "dubbed", Streams.Limit)));
            var workers = Streams.Workers(stage);
            Assert.Equal(ids.Length, workers.Count);
            var delay = TimeSpan.FromSeconds((double)(await stage.Stream(ids[0]))["delay_seconds"]!);

            var at = MonotonicClock.NowNs;
            terminate(stage);
            Assert.Equal(0, await stage.Service.Process.Exited.WaitAsync(s_drain, TestContext.Current.CancellationToken));
            output.WriteLine($"drained in {(MonotonicClock.NowNs - at) / 1e9:0.00} s, the delay is {delay.TotalSeconds:0.00} s");
            Assert.DoesNotContain(workers, ProcessTree.IsAlive);
            foreach (var (id, reader) in readers)
            {
                CheckSession(journal, id);
                CheckOutput(stage, id, await reader.StopAsync(), at + (delay - s_underway).TotalNanoseconds);
            }
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
            foreach (var reader in readers.Values)
                await reader.DisposeAsync();
        }
    }

    private static void CheckSession(EchoJournal journal, string id)
    {
        Assert.Single(journal.Entries("in", "stream:init", id));
        Assert.Single(journal.Entries("in", "stream:end", id));
        Assert.Single(journal.Entries("out", "stream:complete", id));
    }

    private void CheckOutput(Stage stage, string id, Recording recording, double playedUntilNs)
    {
        var publication = Assert.Single(stage.Nginx.Publications.Of($"live/{id}/out"));
        Assert.True(publication.IsClosed, $"{id}: the output's connection broke");
        var audio = AudioCheck.Run(recording);
        output.WriteLine($"{id}\n{new MeasureReport([audio]).ToTable()}");
        Assert.True(audio.Ok, id);
        Assert.InRange(recording.Video[^1].ArrivalNs, playedUntilNs, publication.EndedNs!.Value + s_viewer.TotalNanoseconds);
    }
}
