using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>With no STS server at all the viewer hears the original, in time and whole.</summary>
public sealed class OriginalAudioTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Without_a_server_the_original_plays()
    {
        // Port 9 (discard) of this machine: nobody listens.
        await using var stage = await Stage.Start(FlowJudge.Options("off") with { StsUrl = "http://127.0.0.1:9" });
        await using var take = Take.Start(stage, "off", FixtureFiles.A);
        var result = await take.Finish(FlowJudge.TakeLimit);

        var offset = PictureMatch.Find(result.Clip, result.Output).OffsetMs;
        var starts = FragmentFiles.Of(stage, "off").Select(file => (FragmentFiles.StartInClip(file, result.Clip) + offset) / 1000).ToList();
        var from = starts[0] + 0.2;
        var to = starts[^1] + (double)result.Fragments[^1]["duration_seconds"]! - 0.2;
        var report = FlowJudge.Judge(result);
        report = new MeasureReport(
        [
            .. report.Lines,
            OriginalCheck.Run(result.Clip.Pcm, result.Output.Pcm, offset, [new TimeRange(from, to)], [.. starts.Skip(1)]),
        ]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable());
        Assert.All(result.Fragments, f => Assert.Equal("fallback", (string?)f["outcome"]));
    }
}
