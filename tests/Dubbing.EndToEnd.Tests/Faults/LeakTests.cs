using System.Net.Http.Json;
using Dubbing.Testing;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>Streams that start and stop leave nothing behind in the service's process: no thread, no open file, no object of
/// GStreamer's.</summary>
public sealed class LeakTests(ITestOutputHelper output)
{
    private const int Cycles = 20;
    private static readonly string[] s_ids = ["north", "east", "south", "west"];
    // The registry's, and the caps of type finders, made when first used.
    private static readonly string[] s_registryTypes = ["GstCaps", "GstElementFactory", "GstPlugin", "GstTypeFindFactory"];
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Over_cycles_5_to_20_threads_files_and_objects_return_to_where_they_were()
    {
        using var objects = new LiveObjects();
        using var leak = new DeliberateLeak();
        await using var stage = await Stage.Start(new StageOptions
        {
            Ids = s_ids,
            Fragment = TimeSpan.FromSeconds(1),
            StsTimeout = TimeSpan.FromSeconds(1),
            // Whoever is done must not keep its connection for seconds.
            Echo = new Dictionary<string, string?> { ["ECHO_CLOSE_DELAY_MS"] = "50" },
            Service = new Dictionary<string, string?>([.. objects.Environment, .. leak.Environment])
            {
                ["DUBBING__LIFECYCLE__GRACESECONDS"] = "0",
                // A process of their own would take everything with it.
                ["DUBBING__WORKERS__ISOLATION"] = "in-process",
                ["DUBBING__STS__MARGINMS"] = "500",
            },
        });
        var publishers = new List<Publisher>();
        foreach (var id in s_ids)
            publishers.Add(Publisher.Start(FixtureFiles.E, stage.Media.RtmpUrl($"live/{id}/in"), Publisher.Forever));
        try
        {
            await Judge(stage, objects, leak);
        }
        finally
        {
            foreach (var publisher in publishers)
                await publisher.DisposeAsync();
        }
    }

    private async Task Judge(Stage stage, LiveObjects objects, DeliberateLeak leak)
    {
        var process = stage.Service.Process;

        ProcessResources? atRest = null;
        IReadOnlyList<string> known = [];
        for (var done = 0; done < Cycles; done += s_ids.Length)
        {
            await Dubbed(stage);
            if (atRest is not null && done == s_ids.Length)
                await CheckThatWhatRunsIsSeen(objects, process, atRest);
            await Stop(stage);
            if (atRest is null)
                (atRest, known) = (await ProcessResources.AtRest(process.Id), await objects.List(process));
            await CheckNothingIsLeft(process, atRest);
            if (done + s_ids.Length < Cycles)
                await Start(stage);
        }

        output.WriteLine($"at rest: {atRest!.ThreadCount} threads, {atRest.FileCount} files, {known.Count} objects that GStreamer keeps");
        Assert.All(known, line => Assert.Contains(line.Split(' ')[0], s_registryTypes));
        List<string> left = [];
        await Poll.Until(async () => (left = Beyond(known, await objects.List(process))).Count == 0, s_settling,
            () => $"{left.Count} objects are alive:\n{string.Join('\n', left.Take(40))}");
        await CheckThatALeakIsSeen(stage, objects, leak, atRest, known);
    }

    // The control: what a stream that has ended did leave is seen by the same witnesses.
    private static async Task CheckThatALeakIsSeen(
        Stage stage, LiveObjects objects, DeliberateLeak leak, ProcessResources atRest, IReadOnlyList<string> known)
    {
        await Hook(stage, "ready", DeliberateLeak.Id, "leak");
        await stage.WaitForState(DeliberateLeak.Id, s_limit, "starting");
        await Hook(stage, "not-ready", DeliberateLeak.Id, "leak");
        await stage.WaitForState(DeliberateLeak.Id, s_limit, "idle");
        Assert.Contains("thread", ProcessResources.Of(stage.Service.Process.Id).Beyond(atRest), StringComparison.Ordinal);
        Assert.Contains(Beyond(known, await objects.List(stage.Service.Process)), line => line.StartsWith("1 GstFileSrc ", StringComparison.Ordinal));
        leak.Release();
    }

    private static List<string> Beyond(IReadOnlyList<string> known, IReadOnlyList<string> now)
    {
        var counts = known.CountBy(line => line).ToDictionary(StringComparer.Ordinal);
        return [.. now.CountBy(line => line).Where(entry => entry.Value > counts.GetValueOrDefault(entry.Key)).Select(entry => $"{entry.Value} {entry.Key}")];
    }

    // The control: the same three witnesses see a stream that is not gone.
    private static async Task CheckThatWhatRunsIsSeen(LiveObjects objects, ChildProcess process, ProcessResources atRest)
    {
        var beyond = ProcessResources.Of(process.Id).Beyond(atRest);
        Assert.Contains("thread video-delay", beyond, StringComparison.Ordinal);
        Assert.Contains("file socket", beyond, StringComparison.Ordinal);
        var alive = await objects.List(process);
        Assert.Equal(s_ids.Length, alive.Count(line => line.StartsWith("GstStsSrc ", StringComparison.Ordinal)));
        Assert.Equal(s_ids.Length, alive.Count(line => line.StartsWith("GstStsSink ", StringComparison.Ordinal)));
    }

    private static async Task CheckNothingIsLeft(ChildProcess process, ProcessResources atRest) =>
        Assert.Empty(await ProcessResources.LeftBeyond(atRest, process.Id, s_settling));

    // One after another, so that one connection to the service is enough.
    private static async Task Dubbed(Stage stage)
    {
        foreach (var id in s_ids)
        {
            await stage.WaitForState(id, s_limit, "running");
            await stage.WaitForFragment(id, f => (string?)f["outcome"] == "dubbed", s_limit);
        }
    }

    private static async Task Start(Stage stage)
    {
        foreach (var id in s_ids)
            await Hook(stage, "ready", id, await SourceId(stage, id));
    }

    private static async Task Stop(Stage stage)
    {
        foreach (var id in s_ids)
            await Hook(stage, "not-ready", id, await SourceId(stage, id));
        foreach (var id in s_ids)
            await stage.WaitForState(id, s_limit, "idle");
    }

    private static async Task<string> SourceId(Stage stage, string id) => (string)(await stage.Stream(id))["source_id"]!;

    private static async Task Hook(Stage stage, string name, string id, string sourceId)
    {
        using var answer = await stage.Service.Http.PostAsJsonAsync($"/v1/mediamtx/events/{name}",
            new { path = $"live/{id}/in", sourceType = "rtmpConn", sourceId }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
