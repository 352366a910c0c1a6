using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>Where one track has a hole the other goes on at its pace: silence stands in for audio, by the clock, and after the hole sound and picture
/// belong together as before. All streams side by side.</summary>
[Collection(nameof(ManyStreamsCollection))]
public sealed class HoleTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    // A decoder's overlap, and the encoder's, at both ends of a hole.
    private const double EdgeMs = 100;

    // -60 dBFS: what an encoder makes of silence stays below.
    private const double Quiet = 0.001;

    // Beeps begin 0.2 s into each second: holes begin and end between them.
    private const double Clip = 30;
    private const double LongClip = 90;

    // A reader that comes too late for the first key frame begins with the next.
    private const double FirstGroup = 2;
    private const double LengthMs = 100;

    [Fact]
    public async Task Audio_with_holes_and_tracks_that_begin_late_or_end_first()
    {
        Dictionary<string, (TimeRange Hole, FlvTagType Track)> cases = new()
        {
            ["one"] = (new TimeRange(10.6, 11.6), FlvTagType.Audio),
            ["eight"] = (new TimeRange(10.6, 18.6), FlvTagType.Audio),
            ["late"] = (new TimeRange(0, 10.6), FlvTagType.Audio),
            ["early"] = (new TimeRange(20.6, Clip), FlvTagType.Audio),
            ["dark"] = (new TimeRange(20, Clip), FlvTagType.Video),
        };
        await Play(Recording.FromFile(FixtureFiles.A), cases, s_limit);
    }

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Audio_that_is_off_for_a_minute()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("whole.flv");
        File.WriteAllBytes(file, FlvWriter.ToBytes(Recording.FromFile(FixtureFiles.Long).Tags.TakeWhile(tag => tag.Timestamp < 1000 * LongClip)));
        var hole = new TimeRange(10.6, 70.6);
        var results = await Play(
            Recording.FromFile(file), new() { ["minute"] = (hole, FlvTagType.Audio) }, s_limit + TimeSpan.FromSeconds(LongClip),
            async stage =>
            {
                // The picture goes on meanwhile, and the operator sees why there is no sound.
                await stage.WaitForStream("minute", status => status["stopped_tracks"] is JsonArray { Count: 1 } tracks && (string?)tracks[0] == "audio", s_limit);
                await stage.WaitForStream("minute", status => status["stopped_tracks"] is null, s_limit);
            });
        var dubbed = results.Single().Fragments.Where(f => (string?)f["outcome"] == "dubbed").Select(f => (double)f["start_seconds"]!).ToList();
        Assert.Contains(dubbed, start => start < hole.StartSeconds);
        Assert.Contains(dubbed, start => start > hole.EndSeconds);
    }

    private async Task<TakeResult[]> Play(Recording whole, Dictionary<string, (TimeRange Hole, FlvTagType Track)> cases, TimeSpan limit, Func<Stage, Task>? meanwhile = null)
    {
        using var folder = new TemporaryFolder();
        // The delay is shorter than the longer holes, so that they are played before they are over.
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = [.. cases.Keys],
            KeepIdleReaders = true,
            Fragment = TimeSpan.FromSeconds(2),
            StsTimeout = TimeSpan.FromSeconds(1.5),
            Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" },
        });
        var clips = cases.ToDictionary(entry => entry.Key, entry => Cut(whole, entry.Value.Track, entry.Value.Hole, folder.File(entry.Key + ".flv")));
        var takes = new List<Take>();
        try
        {
            // One after another, so that they don't end at once, either: that alone would move packets.
            foreach (var (id, clip) in clips)
            {
                takes.Add(Take.Start(stage, id, clip));
                await takes[^1].Input.FirstVideo.WaitAsync(s_limit, TestContext.Current.CancellationToken);
            }

            var finished = Task.WhenAll(takes.Select(take => take.Finish(limit)));
            await (meanwhile?.Invoke(stage) ?? Task.CompletedTask);
            var results = await finished;
            var reports = results.ToDictionary(result => result.Id, result => Judge(whole, result, cases[result.Id].Hole, cases[result.Id].Track));
            foreach (var (id, report) in reports)
                output.WriteLine($"{id}\n{report.ToTable()}");
            foreach (var result in results)
                output.WriteLine($"{result.Id}: {result.Status["errors"]}\n{string.Join('\n', result.Fragments.Select(f => f.ToJsonString()))}");
            Assert.All(reports, entry => Assert.True(entry.Value.Ok, $"{entry.Key}\n{entry.Value.ToTable()}"));
            Assert.All(results, result => Assert.Empty(result.Status["errors"]!.AsArray()));
            Assert.All(results, result => Assert.Equal(0, (int)result.Status["restarts"]!));
            Assert.All(results, result => Assert.Contains(result.Fragments, f => (string?)f["outcome"] == "dubbed"));
            return results;
        }
        finally
        {
            foreach (var take in takes)
                await take.DisposeAsync();
        }
    }

    private static MeasureReport Judge(Recording whole, TakeResult take, TimeRange hole, FlvTagType track)
    {
        var audio = AudioCheck.Run(take.Output);
        List<CheckResult> lines =
        [
            VideoCheck.Run(take.Clip, take.Output),
            AvCheck.Run(whole, take.Output, hole: track == FlvTagType.Audio ? hole : null),
            PacingCheck.Run(take.Output),
            DelayCheck.Run(take.Input, take.Output, (double)take.Status["delay_seconds"]!),
        ];
        if (track == FlvTagType.Audio)
            return new MeasureReport([audio, .. lines, SilenceIn(whole, take.Output, hole)]);
        // Audio goes on alone; the rest of the line holds all the same.
        var others = audio.Problems.Where(problem => !problem.EndsWith("ms longer than the video", StringComparison.Ordinal)).ToList();
        if (audio.Figures["length ms"] < 1000 * (Clip - FirstGroup) - LengthMs)
            others.Add("the audio ended with the video");
        return new MeasureReport([new CheckResult("Audio goes on", others.Count == 0, audio.Figures, others), .. lines]);
    }

    private static CheckResult SilenceIn(Recording whole, Recording output, TimeRange hole)
    {
        var offset = PictureMatch.Find(whole, output).OffsetMs;
        var samples = output.Pcm.Slice(1000 * hole.StartSeconds + offset + EdgeMs, 1000 * hole.EndSeconds + offset - EdgeMs);
        var loudest = 0f;
        foreach (var sample in samples)
            loudest = Math.Max(loudest, Math.Abs(sample));
        var seconds = (double)samples.Length / DecodedAudio.Rate;
        List<string> problems = [];
        if (seconds < 0.5)
            problems.Add("the hole is not in the output");
        if (loudest > Quiet)
            problems.Add($"there is sound in the hole: {loudest:0.0000}");
        return new CheckResult("Silence", problems.Count == 0,
            new Dictionary<string, double> { ["loudest"] = loudest, ["length s"] = seconds }, problems);
    }

    private static string Cut(Recording whole, FlvTagType track, TimeRange hole, string file)
    {
        File.WriteAllBytes(file, FlvWriter.ToBytes(whole.Tags.Where(tag => tag.Type != track || tag.PacketType == 0
            || tag.Timestamp < 1000 * hole.StartSeconds || tag.Timestamp >= 1000 * hole.EndSeconds)));
        return file;
    }
}
