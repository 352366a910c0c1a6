using Dubbing.EndToEnd.Tests.Flow;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>A disk that is full costs the files, not the stream.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    private const string Id = "full";

    // Room for a few fragments of many, in a mount namespace that only the service and its workers are in: so no privileges are needed.
    private static readonly string[] s_onSmallDisk =
    [
        Executables.Find("unshare", "util-linux"), "--map-root-user", "--mount", "sh", "-c",
        "mount -t tmpfs -o size=24k none \"$WORKER_SEGMENT_DIR\" && exec \"$0\"",
    ];

    [Fact]
    public async Task Dubbing_goes_on_and_the_log_says_what_is_not_kept()
    {
        await using var stage = await Stage.Start(Streams.Options([Id], ("DUBBING__LIFECYCLE__GRACESECONDS", "1")) with { ServiceThrough = s_onSmallDisk });
        await using var take = Take.Start(stage, Id, FixtureFiles.F);
        await stage.Service.Process.WaitForLine("the fragment was not kept on disk", Streams.Limit);
        var result = await take.Finish(FlowJudge.TakeLimit);

        var report = new MeasureReport([AudioCheck.Run(result.Output), AvCheck.Run(result.Clip, result.Output)]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        Assert.All(result.Fragments.Where(f => (bool)f["sent"]!), f => Assert.Equal("dubbed", (string?)f["outcome"]));
        Assert.Equal(0, (int)result.Status["restarts"]!);
        // What is there is whole: no half-written file stays.
        var kept = Directory.GetFiles($"/proc/{stage.Service.Process.Id}/root{stage.SegmentFolder}", "*", SearchOption.AllDirectories);
        output.WriteLine($"kept: {string.Join(", ", kept.Select(Path.GetFileName))}");
        Assert.NotEmpty(kept);
        Assert.All(kept, file => Assert.EndsWith(".m4a", file, StringComparison.Ordinal));
        Assert.True(kept.Length < 2 * result.Fragments.Count, "nothing was lost");
    }
}
