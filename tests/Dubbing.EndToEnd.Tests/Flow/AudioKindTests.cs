using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>HE-AAC and 5.1 are dubbed like stereo, and fall back like it. All streams side by side.</summary>
[Collection(nameof(ManyStreamsCollection))]
public sealed class AudioKindTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    // What the server is told of each, and its clip.
    private static readonly (string Kind, string Clip, int Rate, int Channels)[] s_kinds =
        [("he", FixtureFiles.F, 48000, 2), ("surround", FixtureFiles.G, 48000, 2)];

    [Fact]
    public async Task Each_kind_is_dubbed_and_falls_back()
    {
        var ids = s_kinds.SelectMany(kind => new[] { kind.Kind + "-dubbed", kind.Kind + "-original" }).ToList();
        using var journal = new EchoJournal();
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = ids,
            KeepIdleReaders = true,
            Fragment = TimeSpan.FromSeconds(3),
            StsTimeout = TimeSpan.FromSeconds(2),
            Echo = new Dictionary<string, string?> { ["ECHO_JOURNAL"] = journal.Path },
            Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" },
        });
        foreach (var id in ids.Where(id => id.EndsWith("-original", StringComparison.Ordinal)))
            await stage.Echo.SetModes(new JsonObject { ["stream_id"] = id, ["no_ready"] = true });
        var takes = new List<Take>();
        try
        {
            // One after another, so that they don't end at once, either: that alone would move packets.
            foreach (var id in ids)
            {
                takes.Add(Take.Start(stage, id, s_kinds.Single(kind => id.StartsWith(kind.Kind, StringComparison.Ordinal)).Clip));
                await takes[^1].Input.FirstVideo.WaitAsync(s_limit, TestContext.Current.CancellationToken);
            }

            var results = await Task.WhenAll(takes.Select(take => take.Finish(s_limit)));
            var reports = results.ToDictionary(result => result.Id, result => FlowJudge.Judge(result));
            foreach (var (id, report) in reports)
                output.WriteLine($"{id}\n{report.ToTable()}");
            Assert.All(reports, entry => Assert.True(entry.Value.Ok, $"{entry.Key}\n{entry.Value.ToTable()}"));
            Assert.All(results, result => Assert.DoesNotContain(result.Status["errors"]!.AsArray(), e => (string?)e!["element"] != "stssrc"));
            Assert.All(results, result => Assert.All(result.Fragments.Where(f => (double)f["duration_seconds"]! >= 1),
                f => Assert.Equal(result.Id.EndsWith("-dubbed", StringComparison.Ordinal) ? "dubbed" : "fallback", (string?)f["outcome"])));
            foreach (var (kind, _, rate, channels) in s_kinds)
            {
                Assert.All(journal.Entries("in", "stream:init", kind + "-dubbed"), init =>
                    Assert.Equal((rate, channels), ((int)init["config"]!["sample_rate_hz"]!, (int)init["config"]!["channels"]!)));
            }
        }
        finally
        {
            foreach (var take in takes)
                await take.DisposeAsync();
        }
    }
}
