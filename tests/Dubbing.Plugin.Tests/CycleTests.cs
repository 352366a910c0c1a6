using System.Globalization;
using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>A program that makes and drops pipelines over and over keeps nothing of them: <c>tests/consumers/c/cycles.c</c>.</summary>
public sealed class CycleTests(StockPrograms programs, ITestOutputHelper output)
{
    private const int FewCycles = 50;
    private const int ManyCycles = 1000;
    private const int SettledCycles = 200;
    private const double LargestGrowth = 0.02;

    // A cycle lasts as long as the server takes to answer, and less in every second one.
    private static readonly TimeSpan ManyCyclesLimit = TimeSpan.FromMinutes(20);

    [Fact]
    public Task Nothing_is_left_of_50_pipelines() => TraceAsync(FewCycles, TimeSpan.FromMinutes(1));

    [Fact]
    [Trait("Category", "Soak")]
    public Task Nothing_is_left_of_1000_pipelines() => TraceAsync(ManyCycles, ManyCyclesLimit);

    // Without the tracer, which has a memory of its own.
    [Fact]
    [Trait("Category", "Soak")]
    public async Task Memory_does_not_grow_over_1000_pipelines()
    {
        var lines = await RunAsync(ManyCycles, ManyCyclesLimit, []);
        double Resident(int cycle) => double.Parse(
            lines.Single(line => line.StartsWith($"resident {cycle} ", StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture);
        var growth = Resident(ManyCycles) / Resident(SettledCycles) - 1;
        Assert.True(growth < LargestGrowth, $"resident memory grew by {growth:P1} from cycle {SettledCycles} to {ManyCycles}: {string.Join(", ", lines)}");
    }

    private async Task TraceAsync(int cycles, TimeSpan limit)
    {
        using var folder = new TemporaryFolder();
        await RunAsync(cycles, limit, StockPrograms.LeaksTracer(folder.File("log")));
        await StockPrograms.AssertNoLeaksAsync(folder.File("log"));
    }

    private async Task<IReadOnlyList<string>> RunAsync(int cycles, TimeSpan limit, Dictionary<string, string?> environment)
    {
        await using var sts = await EchoSts.Start();
        // Long enough to be in flight at the stop, which waits for the server's last word.
        await sts.SetModes(new JsonObject { ["processing_delay"] = new JsonObject { ["fixed_ms"] = 200 } });
        using var folder = new TemporaryFolder();
        var program = await programs.CompileAsync("cycles", folder);
        await using var process = programs.Start(program, [$"{cycles}", FixtureFiles.E, $"{sts.Url}".TrimEnd('/')],
            new Dictionary<string, string?>(environment)
            {
                ["G_DEBUG"] = "fatal-warnings",
                // glibc gives each new thread one of 16 arenas, whose holes take a thousand cycles to settle: 5 % that nobody keeps.
                ["MALLOC_ARENA_MAX"] = "1",
            });
        var code = await process.Exited.WaitAsync(limit, TestContext.Current.CancellationToken);
        Assert.True(code == 0, process.Tail());

        string[] lines = [.. process.Lines.Select(line => line.Text)];
        output.WriteLine(string.Join('\n', lines));
        var inFlight = int.Parse(lines[^1].Split(' ')[^1], CultureInfo.InvariantCulture);
        Assert.InRange(inFlight, cycles / 2, cycles);
        return lines;
    }
}
