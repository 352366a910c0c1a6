using System.Net.Http.Json;
using System.Text.Json;
using Dubbing.Testing;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>What the tests of streams' lives share: real processes, looked at from outside.</summary>
internal static class Streams
{
    /// <summary>Longest that anything may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // A picture can begin an output only where a group of pictures does; then what the media server, a reader and a busy machine take.
    private static readonly TimeSpan s_gop = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(1);

    /// <summary>So many ids.</summary>
    public static string[] Ids(int count) => [.. Enumerable.Range(1, count).Select(number => $"life{number}")];

    /// <summary>Short fragments, so that the delay is short; nginx, which tells who published.</summary>
    public static StageOptions Options(IReadOnlyList<string> ids, params (string Name, string Value)[] service) => new()
    {
        Ids = ids,
        NeedsNginx = true,
        KeepIdleReaders = true,
        Fragment = TimeSpan.FromSeconds(1),
        StsTimeout = TimeSpan.FromSeconds(1),
        Service = new Dictionary<string, string?>([.. service.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))])
        {
            ["MAX_CONCURRENT_STREAMS"] = "20",
        },
    };

    /// <summary>A publisher that does not end by itself.</summary>
    public static Publisher Publish(Stage stage, string id) =>
        Publisher.Start(FixtureFiles.E, stage.Media.RtmpUrl($"live/{id}/in"), Publisher.Forever);

    /// <summary>The media server's control API lists each stream as soon as the service knows its publisher.</summary>
    public static async Task List(FakeControlApi api, Stage stage, IEnumerable<string> ids)
    {
        foreach (var id in ids)
            api.Publish(id, (string)(await stage.WaitForStream(id, stream => stream["source_id"] is not null, Limit))["source_id"]!);
    }

    /// <summary>A reader of a stream's output, who waits for it.</summary>
    public static LiveRecorder Read(Stage stage, string id) =>
        LiveRecorder.Start(stage.Media.RtmpUrl($"live/{id}/out"), new LiveRecorderOptions { WaitForStream = Limit });

    /// <summary>Waits until all streams are in one of these states.</summary>
    public static Task Await(Stage stage, IEnumerable<string> ids, params string[] states) =>
        Task.WhenAll(ids.Select(id => stage.WaitForState(id, Limit, states)));

    /// <summary>Waits until something has gone through the exchange of each stream, and its output is published: from then on it runs as it will.</summary>
    public static Task AwaitDubbing(Stage stage, IEnumerable<string> ids) => Task.WhenAll(ids.Select(async id =>
    {
        await stage.WaitForStream(id, stream => (int?)stream["fragments"]?["dubbed"] > 0, Limit);
        await stage.Media.WaitForPublisher($"live/{id}/out", Limit);
    }));

    /// <summary>A stream's worker process.</summary>
    public static async Task<int> Worker(Stage stage, string id) =>
        (int)(await stage.WaitForStream(id, stream => stream["worker_pid"] is not null, Limit))["worker_pid"]!;

    /// <summary>All processes that the service has started.</summary>
    public static IReadOnlyList<int> Workers(Stage stage) => ProcessTree.Children(stage.Service.Process.Id);

    /// <summary>Every process that the service has started and that has ended is gone for good.</summary>
    public static Task AwaitNoZombie(Stage stage)
    {
        IReadOnlyList<int> zombies = [];
        // The service hears of an end a moment after it.
        return Poll.Until(() => (zombies = ProcessTree.Zombies(stage.Service.Process.Id)).Count == 0, s_tolerance, () => $"zombies {string.Join(", ", zombies)}");
    }

    /// <summary>The latest that the first picture of an output is seen, from when its pipeline plays.</summary>
    public static async Task<TimeSpan> FirstPictureWithin(Stage stage, string id) =>
        TimeSpan.FromSeconds((double)(await stage.Stream(id))["delay_seconds"]!) + s_gop + s_tolerance;

    /// <summary>Says what a hook would say.</summary>
    public static async Task<string> Hook(Stage stage, string name, string id, string sourceId)
    {
        using var answer = await stage.Service.Http.PostAsJsonAsync($"/v1/mediamtx/events/{name}",
            new { path = $"live/{id}/in", sourceType = "rtmpConn", sourceId }, TestContext.Current.CancellationToken);
        var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, said);
        return said;
    }

    /// <summary>A hook as it is posted: path and document.</summary>
    public static (string Path, string Json) ReadyHook(string id, string sourceId) =>
        ("/v1/mediamtx/events/ready", JsonSerializer.Serialize(new { path = $"live/{id}/in", sourceType = "rtmpConn", sourceId }));

    /// <summary>Each output was published, and never by two at a time.</summary>
    public static void CheckNeverTwoPublishers(Stage stage, params string[] ids)
    {
        Assert.All(ids, id => Assert.NotEmpty(stage.Nginx.Publications.Of($"live/{id}/out")));
        stage.CheckNeverTwoPublishers(ids);
    }
}
