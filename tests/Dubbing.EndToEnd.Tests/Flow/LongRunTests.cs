using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>Nothing drifts: every beep/flash pair of five minutes. Part of <c>make soak</c>.</summary>
public sealed class LongRunTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(7);

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Audio_and_video_stay_together_for_five_minutes()
    {
        await using var stage = await Stage.Start(FlowJudge.Options("long"));
        await using var take = Take.Start(stage, "long", FixtureFiles.Long);
        var report = FlowJudge.Judge(await take.Finish(Limit));
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
    }
}
