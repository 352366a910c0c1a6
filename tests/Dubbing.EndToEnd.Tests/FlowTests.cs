using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests;

/// <summary>The main job on real input: publisher, media server, hook, service, pipeline, STS server, viewer.</summary>
public sealed class FlowTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("c")]
    public async Task Over_rtmp_video_is_untouched_and_audio_keeps_its_time(string clip)
    {
        await using var stage = await Stage.Start(new StageOptions { Ids = ["flow"], KeepIdleReaders = true, Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" } });
        await using var take = Take.Start(stage, "flow", FixtureFiles.Folder + $"/{clip}.flv");
        var result = await take.Finish(Limit);

        var report = new MeasureReport(
        [
            VideoCheck.Run(result.Clip, result.Output),
            AudioCheck.Run(result.Output),
            AvCheck.Run(result.Clip, result.Output),
            PacingCheck.Run(result.Output),
            DelayCheck.Run(result.Input, result.Output, (double)result.Status["delay_seconds"]!),
        ]);
        output.WriteLine(report.ToTable());
        output.WriteLine(string.Join(' ', report.Lines[2].Figures.Where(f => f.Key.StartsWith("pair ")).Select(f => $"{f.Value:0.0}")));
        output.WriteLine(string.Join('\n', result.Fragments.Select(f => f.ToJsonString())));
        Assert.True(report.Ok, report.ToTable());
    }
}
