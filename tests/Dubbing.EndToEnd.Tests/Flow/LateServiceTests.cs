using System.Net.Http.Json;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>The pipeline joins a publisher who has been on the air for a while: in the middle of a group of pictures, with
/// timestamps that do not begin at 0.</summary>
public sealed class LateServiceTests(ITestOutputHelper output)
{
    // Soon after a key frame: the pipeline has time to join before the next one, 1.8 s later.
    private static readonly TimeSpan OnAir = TimeSpan.FromSeconds(6.2);

    [Fact]
    public async Task A_stream_that_is_joined_late_is_in_time_all_the_same()
    {
        const string Id = "late";
        // The hook finds nobody: what it would have said is said by hand, later.
        await using var stage = await Stage.Start(FlowJudge.Options(Id) with { WithoutHooks = true });
        await using var take = Take.Start(stage, Id, FixtureFiles.A);
        await take.Input.UntilAsync(tag => tag.Timestamp > OnAir.TotalMilliseconds, TimeSpan.FromSeconds(20));
        var publisher = new { path = $"live/{Id}/in", sourceType = "rtmpConn", sourceId = "by-hand" };
        await Hook(stage, "ready", publisher);
        var joined = MonotonicClock.NowNs;

        await take.Publisher.Finished.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await Hook(stage, "not-ready", publisher);
        var result = await take.Finish(FlowJudge.TakeLimit);
        var report = FlowJudge.Judge(result);
        // A viewer who is let in late can't tell where the output began.
        long? begin = result.RelayedAsIs ? joined : null;
        report = new MeasureReport([VideoCheck.Run(result.Input, result.Output, begin, result.RelayedAsIs), .. report.Lines.Skip(1)]);
        output.WriteLine(report.ToTable());
        Assert.True(report.Ok, report.ToTable() + stage.Service.Process.Tail());
    }

    private static async Task Hook(Stage stage, string name, object body)
    {
        using var answer = await stage.Service.Http.PostAsJsonAsync($"/v1/mediamtx/events/{name}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
