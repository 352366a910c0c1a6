using System.Collections.Concurrent;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>The publisher's timestamps begin again, and then leap an hour: the output's go on as if nothing were.</summary>
public sealed class TimestampJumpTests(ITestOutputHelper output)
{
    private const string Id = "jump";
    private static readonly IReadOnlyList<(int, uint)> s_jumps = [(10, 0), (20, 3_600_000)];

    [Fact]
    public async Task Timestamps_that_begin_again_and_leap_are_mapped_anew()
    {
        var log = new ConcurrentQueue<string>();
        await using var stage = await Stage.Start(FlowJudge.Options(Id) with { Fragment = TimeSpan.FromSeconds(3), NeedsNginx = true, OnServiceLine = log.Enqueue });
        await using var take = Take.Start(stage, Id, FixtureFiles.A, new PublisherClock { Jumps = s_jumps });
        var result = await take.Finish(FlowJudge.TakeLimit);
        var report = new MeasureReport(
        [
            VideoCheck.Run(result.Clip, result.Output, relayedAsIs: result.RelayedAsIs),
            AudioCheck.Run(result.Output),
            AvCheck.Run(result.Clip, result.Output),
            PacingCheck.Run(result.Output),
        ]);
        output.WriteLine(report.ToTable());
        output.WriteLine(string.Join('\n', result.Fragments.Select(f => f.ToJsonString())));
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
        Assert.Equal(s_jumps.Count, log.Count(line => line.Contains("the input's timestamps jumped;", StringComparison.Ordinal)));
        Assert.Equal(0, (int)result.Status["restarts"]!);
        // At most one fragment for each jump.
        Assert.InRange(result.Fragments.Count(f => (bool)f["sent"]! && (string?)f["outcome"] != "dubbed"), 0, s_jumps.Count);
    }
}
