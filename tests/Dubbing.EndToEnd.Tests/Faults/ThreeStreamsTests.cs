using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>Streams side by side are never mixed, whatever becomes of one of them.</summary>
public sealed class ThreeStreamsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    // Each of these ids has a band of marks to itself.
    private const string Slow = "red";
    private const string Uneven = "green";
    private const string Down = "blue";

    [Fact]
    public async Task Three_streams_with_delays_of_their_own_and_one_without_server_are_never_mixed()
    {
        Assert.Equal(3, new[] { Slow, Uneven, Down }.Select(id => Marks.MarkFrequency(id, 0)).Distinct().Count());
        using var journal = new EchoJournal();
        await using var dead = await EchoSts.Start();
        dead.Process.Signal(UnixSignal.Kill);
        await dead.Process.Exited.WaitAsync(ChildProcess.DefaultGrace, TestContext.Current.CancellationToken);
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = [Slow, Uneven, Down],
            KeepIdleReaders = true,
            Fragment = TimeSpan.FromSeconds(3),
            StsTimeout = TimeSpan.FromSeconds(4),
            Echo = new Dictionary<string, string?> { ["ECHO_MARK"] = "true", ["ECHO_JOURNAL"] = journal.Path },
            Service = new Dictionary<string, string?>
            {
                ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1",
                [$"DUBBING__STREAMS__{Down}__STSURL"] = dead.Url.ToString(),
            },
        });
        await stage.Echo.SetModes(new JsonObject { ["stream_id"] = Slow, ["processing_delay"] = new JsonObject { ["fixed_ms"] = 2000 } });
        await stage.Echo.SetModes(new JsonObject { ["stream_id"] = Uneven, ["processing_delay"] = new JsonObject { ["min_ms"] = 100, ["max_ms"] = 1500 } });

        await using var slow = Take.Start(stage, Slow, FixtureFiles.A);
        await using var uneven = Take.Start(stage, Uneven, FixtureFiles.A);
        await using var down = Take.Start(stage, Down, FixtureFiles.A);
        var takes = await Task.WhenAll(slow.Finish(s_limit), uneven.Finish(s_limit), down.Finish(s_limit));

        var reports = takes.ToDictionary(take => take.Id, take =>
            new MeasureReport([AudioCheck.Run(take.Output), .. FragmentSound.Check(stage, take, OwnTones(take, journal))]));
        foreach (var (id, report) in reports)
            output.WriteLine($"{id}\n{report.ToTable()}");
        Assert.All(reports, entry => Assert.True(entry.Value.Ok, $"{entry.Key}\n{entry.Value.ToTable()}"));
        Assert.All(takes.Where(take => take.Id != Down).SelectMany(take => take.Fragments.Where(f => (bool)f["sent"]!)),
            f => Assert.True((string?)f["outcome"] == "dubbed", f.ToJsonString()));
        Assert.All(takes.Single(take => take.Id == Down).Fragments,
            f => Assert.Equal(("fallback", "disconnected", false), ((string?)f["outcome"], (string?)f["reason"], (bool)f["sent"]!)));
        Assert.Equal("configuration:" + Down, (string?)takes.Single(take => take.Id == Down).Status["settings"]!["sts_url"]!["source"]);
        Assert.Empty(journal.Entries("in", "stream:init", Down));
    }

    // Not what the server says it sent, but what this stream's fragment of that number must sound like.
    private static Dictionary<string, double> OwnTones(TakeResult take, EchoJournal journal) =>
        journal.Entries("in", "fragment:data", take.Id).ToDictionary(
            entry => (string)entry["fragment_id"]!, entry => Marks.MarkFrequency(take.Id, (int)entry["sequence_number"]!));
}
