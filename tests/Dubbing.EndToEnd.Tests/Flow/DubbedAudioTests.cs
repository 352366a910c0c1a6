using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>Dubbed fragments are heard in their places, and four independent witnesses agree on them.</summary>
public sealed class DubbedAudioTests(ITestOutputHelper output)
{
    private const string Id = "marked";

    [Fact]
    public async Task Each_fragment_is_heard_in_its_place_and_every_witness_agrees()
    {
        var log = new ConcurrentQueue<string>();
        await using var stage = await Stage.Start(FlowJudge.Options(Id) with { OnServiceLine = log.Enqueue });
        await stage.Echo.SetModes(new JsonObject { ["mark"] = true });
        await using var take = Take.Start(stage, Id, FixtureFiles.A);
        await stage.WaitForStream(Id, _ => true, FlowJudge.TakeLimit);
        var events = CaptionReader.FollowAsync(stage, Id);
        var result = await take.Finish(FlowJudge.TakeLimit);

        var files = FragmentFiles.Of(stage, Id);
        Assert.Equal(result.Fragments.Count, files.Count);
        var offset = PictureMatch.Find(result.Clip, result.Output).OffsetMs;
        // The first fragment is heard from the first picture on.
        var begins = FragmentSound.FirstAudible(result.Output);
        var places = files.Select((file, k) =>
        {
            var start = (FragmentFiles.StartInClip(file, result.Clip) + offset) / 1000;
            return (Start: start, End: start + (double)result.Fragments[k]["duration_seconds"]!);
        }).ToList();
        var fragments = places.Select((place, k) =>
        {
            var heard = Math.Max(place.Start, begins);
            return new ToneFragment(heard, place.End - heard, Marks.MarkFrequency(Id, k), place.Start < begins);
        }).Where(fragment => fragment.DurationSeconds > FragmentSound.EdgeSeconds).ToList();
        var report = new MeasureReport([ToneCheck.Run(result.Output.Pcm, fragments), AudioCheck.Run(result.Output)]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());

        // The session ends with the run, after the last of the output.
        await stage.WaitForState(Id, FlowJudge.TakeLimit, "idle");
        await CheckWitnesses(stage, result, files);
        CaptionReader.Check(
            result, places, await CaptionReader.VttAsync(stage, Id, "original"), await CaptionReader.VttAsync(stage, Id, "translated"), await events);
        // What people say is for captions only.
        Assert.DoesNotContain(log, line => line.Contains("[ECHO]", StringComparison.Ordinal));
    }

    private static async Task CheckWitnesses(Stage stage, TakeResult result, IReadOnlyList<string> files)
    {
        // 30 s make 5 fragments of about 6 s, the last one shorter by what came before the first picture.
        Assert.InRange(result.Fragments.Count, 4, 6);
        Assert.All(result.Fragments.SkipLast(1), f => Assert.InRange((double)f["duration_seconds"]!, 5.9, 6.0));
        var sent = result.Fragments.Where(f => (bool)f["sent"]!).Select(f => (string)f["id"]!).ToList();
        Assert.All(result.Fragments, f => Assert.Equal((double)f["duration_seconds"]! >= 1, (bool)f["sent"]!));

        var journal = (await stage.Echo.Journal()).AsArray().Select(entry => entry!).ToList();
        List<string> Ids(string direction, string name) =>
            [.. journal.Where(e => (string)e["dir"]! == direction && (string)e["event"]! == name).Select(e => (string)e["fragment_id"]!)];
        Assert.Equal(sent, Ids("in", "fragment:data"));
        Assert.Equal(sent, Ids("out", "fragment:ack"));
        Assert.Equal(sent, Ids("out", "fragment:processed"));
        Assert.Equal(sent, Ids("in", "fragment:ack"));

        foreach (var (file, fragment) in files.Zip(result.Fragments))
        {
            var probe = ChildProcess.Start("ffprobe",
                ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file], name: "ffprobe");
            await using (probe)
            {
                Assert.Equal(0, await probe.Exited.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
                var seconds = double.Parse(probe.Lines[^1].Text, System.Globalization.CultureInfo.InvariantCulture);
                Assert.Equal((double)fragment["duration_seconds"]!, seconds, 0.03);
            }
        }

        var metrics = await stage.Metrics(Id);
        Assert.Equal(files.Count, metrics["media_service_worker_segments_processed_total{type=\"audio\"}"]);
        Assert.Equal(sent.Count, metrics["media_service_worker_sts_fragments_sent_total"]);
        Assert.Equal(sent.Count, metrics["media_service_worker_sts_fragments_processed_total{status=\"success\"}"]);
        Assert.Equal(0, metrics["media_service_worker_sts_inflight_fragments"]);
        Assert.All(result.Fragments, f => Assert.Equal((bool)f["sent"]! ? "dubbed" : "fallback", (string?)f["outcome"]));

        // The end is an exchange, too.
        Assert.Contains(journal, e => (string)e["dir"]! == "in" && (string)e["event"]! == "stream:end");
        Assert.Contains(journal, e => (string)e["dir"]! == "out" && (string)e["event"]! == "stream:complete");
    }
}
