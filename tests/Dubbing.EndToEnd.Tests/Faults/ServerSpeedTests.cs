using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>A server that takes between nothing and twice the fragment's length: what came in time is played, nothing else, and the
/// metric says by how much.</summary>
public sealed class ServerSpeedTests(ITestOutputHelper output)
{
    private const string Id = "uneven";
    private static readonly TimeSpan s_fragment = TimeSpan.FromSeconds(3);

    // What comes before the cut, the file's writing and the way of the result, on a loaded machine.
    private const double ToleranceMs = 700;

    // Slack is told in whole milliseconds.
    private const double RoundingMs = 1;

    [Fact]
    public async Task From_0_to_2_times_real_time_a_result_is_played_exactly_when_it_came_in_time()
    {
        using var journal = new EchoJournal();
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = [Id],
            KeepIdleReaders = true,
            Fragment = s_fragment,
            StsTimeout = s_fragment,
            Echo = new Dictionary<string, string?> { ["ECHO_JOURNAL"] = journal.Path },
            Service = new Dictionary<string, string?>
            {
                ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1",
                ["CIRCUIT_BREAKER_THRESHOLD"] = "50",
            },
        });
        await stage.Echo.SetModes(new() { ["processing_delay"] = new System.Text.Json.Nodes.JsonObject { ["min_ms"] = 0, ["max_ms"] = 2 * s_fragment.TotalMilliseconds } });
        await using var take = Take.Start(stage, Id, FixtureFiles.A);
        var result = await take.Finish(TimeSpan.FromSeconds(100));

        var audio = AudioCheck.Run(result.Output);
        Assert.True(audio.Ok, audio.ToString());
        var answered = journal.Entries("out", "fragment:processed", Id).ToDictionary(e => (string)e["fragment_id"]!, e => (double)e["t_ms"]!);
        var told = new List<long>();
        var (inTime, late) = (0, 0);
        foreach (var (fragment, file) in result.Fragments.Zip(FragmentFiles.Of(stage, Id)))
        {
            output.WriteLine(fragment.ToJsonString());
            if (fragment["slack_ms"] is not { } slackNode)
                continue;
            var slack = (long)slackNode;
            told.Add(slack);
            // The file was written when the fragment was cut.
            var cutAt = (File.GetLastWriteTimeUtc(file) - DateTime.UnixEpoch).TotalMilliseconds;
            // The last one is shorter: its deadline is that of a whole one.
            var left = s_fragment.TotalMilliseconds - 1000 * (double)fragment["duration_seconds"]!;
            var expected = cutAt + left + stage.Options.StsTimeout.TotalMilliseconds - answered[(string)fragment["id"]!];
            Assert.InRange(slack, expected - ToleranceMs, expected + ToleranceMs);
            Assert.Equal(slack > 0 ? "dubbed" : "fallback", (string?)fragment["outcome"]);
            _ = slack > 0 ? inTime++ : late++;
        }

        Assert.True(inTime > 0 && late > 0, $"{inTime} in time, {late} late: no test of both");
        var metrics = await stage.Metrics(Id);
        Assert.Equal(told.Count, metrics["dubbing_playout_slack_seconds_count"]);
        Assert.Equal(told.Sum() / 1000.0, metrics["dubbing_playout_slack_seconds_sum"], told.Count * RoundingMs / 1000);
    }
}
