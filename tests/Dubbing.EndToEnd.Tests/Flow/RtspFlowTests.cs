using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>The main job on real input, pulled over RTSP.</summary>
public sealed class RtspFlowTests(ITestOutputHelper output)
{
    // RTCP brings audio and video together some seconds after the join.
    private const double Settling = 5;

    private const double FrameMs = 1000 / 30.0;

    [Fact]
    public async Task Video_is_untouched_and_audio_keeps_its_time()
    {
        await using var stage = await Stage.Start(FlowJudge.Options("flow") with { Pipeline = "dub.launch" });
        await using var take = Take.Start(stage, "flow", FixtureFiles.B);
        var result = await take.Finish(FlowJudge.TakeLimit);
        // MediaMTX tells how tracks lie to each other by when their packets came, and the publisher sends audio up to a frame late.
        var report = FlowJudge.Judge(result, Settling, result.RelayedAsIs ? AvCheck.DefaultToleranceMs : FrameMs);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
    }
}
