using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>The main job on real input, pulled over RTMP.</summary>
public abstract class RtmpFlowTests(ITestOutputHelper output)
{
    protected async Task Run(string clip)
    {
        await using var stage = await Stage.Start(FlowJudge.Options("flow"));
        await using var take = Take.Start(stage, "flow", clip);
        var result = await take.Finish(FlowJudge.TakeLimit);
        var report = FlowJudge.Judge(result);
        output.WriteLine(report.ToTable());
        output.WriteLine(string.Join('\n', result.Fragments.Select(fragment => fragment.ToJsonString())));
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
    }
}

/// <summary>30 fps with B-frames, 48 kHz stereo.</summary>
public sealed class RtmpWithBFramesTests(ITestOutputHelper output) : RtmpFlowTests(output)
{
    [Fact]
    public Task Video_is_untouched_and_audio_keeps_its_time() => Run(FixtureFiles.A);
}

/// <summary>No B-frames, 44.1 kHz mono.</summary>
public sealed class RtmpMonoTests(ITestOutputHelper output) : RtmpFlowTests(output)
{
    [Fact]
    public Task Video_is_untouched_and_audio_keeps_its_time() => Run(FixtureFiles.B);
}

/// <summary>25 fps, a key frame every 10 s.</summary>
public sealed class RtmpLongGopTests(ITestOutputHelper output) : RtmpFlowTests(output)
{
    [Fact]
    public Task Video_is_untouched_and_audio_keeps_its_time() => Run(FixtureFiles.C);
}
