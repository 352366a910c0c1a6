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
        await using var stage = await Stage.Start(FlowJudge.Options("stereo", "mono") with { StsUrl = "http://127.0.0.1:9" });
        await using var stereo = Take.Start(stage, "stereo", FixtureFiles.A);
        await using var mono = Take.Start(stage, "mono", FixtureFiles.B);
        foreach (var take in await Task.WhenAll(stereo.Finish(FlowJudge.TakeLimit), mono.Finish(FlowJudge.TakeLimit)))
        {
            var report = new MeasureReport([.. FlowJudge.Judge(take).Lines, CheckSound(stage, take)]);
            output.WriteLine($"{take.Id}\n{report.ToTable()}");
            Assert.True(report.Ok, $"{take.Id}\n{report.ToTable()}");
            Assert.All(take.Fragments, f => Assert.Equal("fallback", (string?)f["outcome"]));
        }
    }

    // Against the input's audio, decoded and encoded in one piece: what the fragments' joins add would be all the difference.
    private static CheckResult CheckSound(Stage stage, TakeResult take)
    {
        var files = FragmentFiles.Of(stage, take.Id);
        var offset = PictureMatch.Find(take.Clip, take.Output).OffsetMs;
        var starts = files.Select(file => (FragmentFiles.StartInClip(file, take.Clip) + offset) / 1000).ToList();
        var whole = new TimeRange(Math.Max(starts[0], FragmentSound.FirstAudible(take.Output)) + 0.2, starts[^1] + (double)take.Fragments[^1]["duration_seconds"]! - 0.2);
        var undisturbed = EncodedAgain.From(take.Clip, FragmentFiles.FirstPacket(files[0], take.Clip));
        return OriginalCheck.Run(undisturbed, take.Output.Pcm, offset, [whole], [.. starts.Skip(1)], encodedAlike: true, take.RelayedAsIs);
    }
}
