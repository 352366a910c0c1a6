using System.Net.Http.Json;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>Every start succeeds: wherever in a long group of pictures the pipeline joins, and when it is there first.</summary>
[Collection(nameof(ManyStreamsCollection))]
public sealed class StartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Gop = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);
    private static readonly double[] Early = [0, 1, 2.5];

    [Fact]
    public async Task A_picture_comes_within_a_group_of_pictures_and_the_delay()
    {
        // Not a whole second before a key frame: so long a start may take, and what comes at its very end is in time or not by chance.
        string[] joins = [.. Enumerable.Range(0, 10).Select(tenth => $"join{tenth}5")];
        string[] first = [.. Early.Select(seconds => $"first{seconds * 1000}")];
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = [.. joins, .. first],
            KeepIdleReaders = true,
            WithoutHooks = true,
            Fragment = TimeSpan.FromSeconds(2),
            StsTimeout = TimeSpan.FromSeconds(1),
            Service = new Dictionary<string, string?> { ["MAX_CONCURRENT_STREAMS"] = "20" },
        });
        var starts = await Task.WhenAll([
            .. joins.Select((id, tenth) => Start(stage, id, Gop * ((tenth + 0.5) / 10))),
            .. first.Select((id, i) => Start(stage, id, TimeSpan.FromSeconds(-Early[i]))),
        ]);
        foreach (var (id, seconds, limit) in starts)
            output.WriteLine($"{id}: first picture after {seconds:0.00} s, limit {limit:0.00} s");
        Assert.All(starts, start => Assert.True(start.Seconds <= start.Limit, $"{start.Id}: {start.Seconds:0.00} s > {start.Limit:0.00} s"));
    }

    // The hook is said by hand, so that the moment is ours. A negative time is one before the publisher's first packet.
    private static async Task<(string Id, double Seconds, double Limit)> Start(Stage stage, string id, TimeSpan at)
    {
        var cancel = TestContext.Current.CancellationToken;
        var path = $"live/{id}/out";
        await using var recorder = LiveRecorder.Start(stage.Media.RtmpUrl(path));
        if (at < TimeSpan.Zero)
        {
            await Ready(stage, id);
            await Task.Delay(-at, cancel);
        }
        await using var publisher = Publisher.Start(FixtureFiles.C, stage.Media.RtmpUrl($"live/{id}/in"), loops: 1);
        await stage.Media.WaitForPublisher($"live/{id}/in", TimeSpan.FromSeconds(10));
        var since = MonotonicClock.NowNs;
        if (at >= TimeSpan.Zero)
        {
            await Task.Delay(at, cancel);
            since = MonotonicClock.NowNs;
            await Ready(stage, id);
        }
        var status = await stage.WaitForState(id, TimeSpan.FromSeconds(10), "starting", "running");
        var limit = Gop + TimeSpan.FromSeconds((double)status["delay_seconds"]!) + Tolerance;
        if (stage.Media.RelaysAsIs)
        {
            var picture = await recorder.FirstVideo.WaitAsync(limit + TimeSpan.FromSeconds(10), cancel);
            return (id, (picture.ArrivalNs - since) / 1e9, limit.TotalSeconds);
        }

        // The output begins with a picture; a viewer who is let in late waits for another key frame.
        limit += stage.Media.TrackSearch;
        await stage.Media.WaitForPublisher(path, limit + TimeSpan.FromSeconds(10));
        return (id, (MonotonicClock.NowNs - since) / 1e9, limit.TotalSeconds);
    }

    private static async Task Ready(Stage stage, string id)
    {
        using var answer = await stage.Service.Http.PostAsJsonAsync("/v1/mediamtx/events/ready",
            new { path = $"live/{id}/in", sourceType = "rtmpConn", sourceId = id });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
