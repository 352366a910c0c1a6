using System.Globalization;
using System.Text.Json.Nodes;
using Dubbing.Bench;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.Elements.Tests.Load;

/// <summary>Many streams in one process against one server, in real time, at the session layer: M4A in, results decoded, output read as by
/// <c>stssrc</c>; no encoder, no muxer.</summary>
public sealed class ManySessionsTests(ITestOutputHelper output)
{
    private const int Sessions = 200;

    /// <summary>The first and the last result come so early and so late: in time, with half a second left of a budget of 8 s.</summary>
    private const int LeastDelayMs = 500;
    private const int MostDelayMs = 7500;

    /// <summary>From then on pools and heaps are as large as they get.</summary>
    private static TimeSpan WarmUp => TimeSpan.FromSeconds(Math.Min(40, Length.TotalSeconds / 2));

    /// <summary>Pools keep a few buffers more or less; a fragment that is not pooled is more than 100 KB each time.</summary>
    private const long MostGrowth = 16 << 20;

    private static readonly TimeSpan Fragment = TimeSpan.FromSeconds(6);

    // DUBBING_LOAD_SECONDS: a shorter try.
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("DUBBING_LOAD_SECONDS") ?? "300", CultureInfo.InvariantCulture));

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Two_hundred_sessions_miss_no_deadline_and_the_large_object_heap_does_not_grow()
    {
        TestPipeline.EnsureElements();
        var clip = AacClip.Make(Fragment);
        using var journal = new EchoJournal();
        await using var server = await EchoSts.Start(environment: new Dictionary<string, string?> { ["ECHO_JOURNAL"] = journal.Path });
        await server.SetModes(new JsonObject { ["processing_delay"] = new JsonObject { ["min_ms"] = LeastDelayMs, ["max_ms"] = MostDelayMs } });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Length + TimeSpan.FromMinutes(2));
        var processor = Environment.CpuUsage.TotalTime;
        var begin = TimeProvider.System.GetTimestamp();

        var (streams, running) = await StartAsync(server.Url, clip, limit.Token);
        await Task.Delay(WarmUp, limit.Token);
        var heapBefore = LargeObjects.HeapSize();
        await Task.WhenAll(running);
        var heapAfter = LargeObjects.HeapSize();
        processor = Environment.CpuUsage.TotalTime - processor;
        var verdict = LoadVerdict.Of(streams, journal);
        foreach (var ending in streams.Select(stream => stream.DisposeAsync().AsTask()).ToList())
            await ending;

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {Sessions} sessions, {verdict.Fragments} fragments: {verdict.Dubbed} dubbed, {verdict.Unanswered} not answered in time by the server, missed: {string.Join(", ", verdict.Missed.Select(missed => $"{missed.Value} {missed.Key}").DefaultIfEmpty("0"))}
            least slack {streams.Min(stream => stream.LeastSlack).TotalMilliseconds:0} ms; processor {processor / TimeProvider.System.GetElapsedTime(begin):0.00} cores
            large object heap {heapBefore >> 10} KB after {WarmUp.TotalSeconds} s, {heapAfter >> 10} KB at the end
            """));
        Assert.Empty(verdict.Missed);
        Assert.Equal(Sessions * (int)(Length / Fragment), verdict.Fragments);
        Assert.InRange(verdict.Unanswered, 0, verdict.Fragments / 100);
        Assert.InRange(heapAfter - heapBefore, long.MinValue, MostGrowth);
    }

    // Spread over the length of a fragment, as streams are.
    private static async Task<(List<LoadStream> Streams, List<Task> Running)> StartAsync(Uri server, AacClip clip, CancellationToken cancel)
    {
        var (streams, running) = (new List<LoadStream>(), new List<Task>());
        using var pace = new PeriodicTimer(Fragment / Sessions);
        for (var i = 0; i < Sessions; i++)
        {
            await pace.WaitForNextTickAsync(cancel);
            var stream = new LoadStream($"load-{i}", server, clip);
            streams.Add(stream);
            running.Add(stream.RunAsync((int)(Length / Fragment), realTime: true, cancel));
        }
        return (streams, running);
    }
}
