using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>Nothing drifts: every beep/flash pair of five minutes. Part of <c>make soak</c>.</summary>
public sealed class LongRunTests(ITestOutputHelper output)
{
    private const int Loops = 9;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(7);

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Audio_and_video_stay_together_for_five_minutes()
    {
        await using var stage = await Stage.Start(FlowJudge.Options("long"));
        await using var take = Take.Start(stage, "long", FixtureFiles.A, Loops);
        var result = await take.Finish(Limit);
        // Loops repeat slices, so that pictures can't be told apart by them: DTS steps and the other lines still can.
        var report = new MeasureReport([AudioCheck.Run(result.Output), PacingCheck.Run(result.Output), .. Windows(result)]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable());
        Assert.True(result.Output.Video[^1].Dts - result.Output.Video[0].Dts > TimeSpan.FromMinutes(4.9).TotalMilliseconds);
    }

    // Each loop is judged by itself against the clip.
    private static IEnumerable<CheckResult> Windows(TakeResult result)
    {
        var loopMs = result.Clip.VideoEndMs - result.Clip.Video.Min(picture => picture.Pts);
        var start = (double)result.Output.Video[0].Dts;
        for (var loop = 0; start + loopMs <= result.Output.VideoEndMs; loop++, start += loopMs)
        {
            var (from, to) = (start, start + loopMs);
            var window = Recording.FromTags(result.Output.Tags.Where(tag =>
                ((tag.IsAvc || tag.IsAac) && tag.PacketType == 0) || (tag.Timestamp >= from && tag.Timestamp < to)));
            var check = AvCheck.Run(result.Clip, window);
            yield return check with { Name = $"A/V {loop}" };
        }
    }
}
