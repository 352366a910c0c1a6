using System.Net.Http.Json;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>A camera that freezes: its connection stays, and nothing comes through it any more.</summary>
public sealed class StalledInputTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_camera_that_freezes_is_pulled_anew()
    {
        var ids = Streams.Ids(2);
        await using var camera = await NginxMediaServer.Start(ids, new NginxRtmpOptions());
        await using var stage = await Stage.Start(
            Streams.Options(ids, ("DUBBING__API__INPUTS", $"{camera.RtmpBase} {camera.RtspBase}")) with { WithoutHooks = true });
        await using var before = await Film(camera, ids);
        await Pull(stage, ids[0], camera.RtmpUrl($"live/{ids[0]}/in"));
        await Pull(stage, ids[1], camera.RtspUrl($"live/{ids[1]}/in"));
        await Streams.AwaitDubbing(stage, ids);

        ChildProcess[] processes = [camera.Rtmp.Process, camera.Rtsp.Process];
        foreach (var process in processes)
            process.Signal(UnixSignal.Stop);
        foreach (var id in ids)
        {
            var stream = await stage.WaitForStream(id, stream => (int)stream["restarts"]! == 1, Streams.Limit);
            output.WriteLine($"{id}: {stream["state"]}, input lost since {stream["input_lost_since"]}");
            Assert.Contains(stage.Service.Process.Lines,
                line => line.Text.Contains($"stream_id:{id} ", StringComparison.Ordinal) && line.Text.Contains("the input has stalled: for 15 s nothing has come", StringComparison.Ordinal));
        }

        // nginx throws out whom it has not heard of for so long.
        foreach (var process in processes)
            process.Signal(UnixSignal.Continue);
        await before.DisposeAsync();
        await using var after = await Film(camera, ids);
        await Task.WhenAll(ids.Select(id => stage.WaitForStream(
            id, stream => (string?)stream["state"] == "running" && (int)stream["restarts"]! > 0, Streams.Limit)));
        Streams.CheckNeverTwoPublishers(stage, ids);
    }

    /// <summary>nginx lets a viewer wait for a publisher who never comes.</summary>
    [Fact]
    public async Task An_input_that_never_sends_is_pulled_anew_until_it_does()
    {
        var ids = Streams.Ids(1);
        await using var camera = await NginxMediaServer.Start(ids, new NginxRtmpOptions { KeepIdleReaders = true });
        await using var stage = await Stage.Start(Streams.Options(ids, ("DUBBING__API__INPUTS", $"{camera.RtmpBase}")) with { WithoutHooks = true });
        await Pull(stage, ids[0], camera.RtmpUrl($"live/{ids[0]}/in"));
        var stream = await stage.WaitForStream(ids[0], stream => (int)stream["restarts"]! == 1, Streams.Limit);
        Assert.NotNull(stream["input_lost_since"]);
        Assert.Equal("the input has stalled: for 15 s nothing has come, and no end", (string?)Assert.Single(stream["errors"]!.AsArray())!["message"]);
        await using var publishers = await Film(camera, ids);
        await Streams.AwaitDubbing(stage, ids);
        Streams.CheckNeverTwoPublishers(stage, ids);
    }

    private static async Task<IAsyncDisposable> Film(NginxMediaServer camera, string[] ids)
    {
        var publishers = ids.Select(id => Publisher.Start(FixtureFiles.E, camera.RtmpUrl($"live/{id}/in"), Publisher.Forever)).ToList();
        foreach (var id in ids)
            await camera.WaitForPublisher($"live/{id}/in", Streams.Limit);
        return new Filming(publishers);
    }

    private static async Task Pull(Stage stage, string id, string input)
    {
        using var answer = await stage.Service.Http.PostAsJsonAsync("/v1/streams", new { stream_id = id, input }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class Filming(List<Publisher> publishers) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }
    }
}
