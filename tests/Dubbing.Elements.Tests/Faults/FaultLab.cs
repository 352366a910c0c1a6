using System.Text.Json.Nodes;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>Runs cases side by side.</summary>
internal static class FaultLab
{
    // Pipelines that start all at once cost each other the first fragment.
    private static readonly TimeSpan s_stagger = TimeSpan.FromMilliseconds(60);

    /// <summary>Runs each case to the end of its stream.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="attempt">Makes the streams' ids unique.</param>
    /// <returns>What came of each, or the exception that kept it from its end.</returns>
    public static async Task<IReadOnlyDictionary<string, (FaultResult? Result, Exception? Failure)>> RunToTheEnd(
        FaultServers servers, IReadOnlyList<FaultCase> cases, int attempt)
    {
        using var folder = new TemporaryFolder();
        var runs = cases.Select((@case, place) => Task.Run(async () =>
        {
            try
            {
                // By the clock: nothing tells when a pipeline has begun to cost less.
                await Task.Delay(place * s_stagger);
                return (@case.Name, Result: (FaultResult?)await RunToTheEnd(servers, @case, $"{@case.Name}-{(char)('a' + attempt)}", folder), Failure: (Exception?)null);
            }
            catch (Exception e)
            {
                // Told by the case's own test.
                return (@case.Name, null, e);
            }
        })).ToList();
        return (await Task.WhenAll(runs)).ToDictionary(run => run.Name, run => (run.Result, run.Failure));
    }

    /// <summary>Plays each case for a while and stops.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="round">Makes the streams' ids unique.</param>
    /// <param name="length">How long they are played before they are stopped.</param>
    public static async Task PlayAndStop(FaultServers servers, IReadOnlyList<FaultCase> cases, int round, TimeSpan length)
    {
        using var folder = new TemporaryFolder();
        await Task.WhenAll(cases.Select(@case => Task.Run(async () =>
        {
            var id = $"{@case.Name}-{round}";
            using var stop = new CancellationTokenSource();
            await using var stream = await FaultStream.Start(id, @case, 2 * length, await servers.For(@case), folder.File(id));
            var script = @case.Script(stream, stop.Token);
            // By the clock, so that they are stopped in the middle of whatever each is doing.
            await Task.Delay(length, stop.Token);
            await Finish(script, stop);
        })));
    }

    private static async Task<FaultResult> RunToTheEnd(FaultServers servers, FaultCase @case, string id, TemporaryFolder folder)
    {
        using var stop = new CancellationTokenSource();
        await using var stream = await FaultStream.Start(id, @case, @case.Length, await servers.For(@case), folder.File(id));
        var script = @case.Script(stream, stop.Token);
        var endedAfter = await stream.Ended();
        await script.WaitAsync(TimeSpan.FromSeconds(1));
        var journal = new JsonArray([.. (await stream.Echo.Journal()).AsArray().Where(e => (string?)e!["stream_id"] == stream.Id).Select(e => e!.DeepClone())]);
        return new FaultResult(stream, endedAfter, await stream.Echo.Summary(stream.Id), journal);
    }

    // Where it was stopped in the middle of its script, that is no fault.
    private static async Task Finish(Task script, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        try
        {
            await script;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped in the middle of it, as meant.
        }
    }
}
