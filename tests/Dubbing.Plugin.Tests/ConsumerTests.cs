using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The programs of <c>tests/consumers</c>: other languages use the elements as any application would.</summary>
public sealed class ConsumerTests(StockPrograms programs)
{
    // Debian's own interpreter: another one in PATH has no python3-gi.
    private const string Python = "/usr/bin/python3";

    private static readonly TimeSpan CaseLimit = TimeSpan.FromSeconds(40);

    // Whatever is going on: nothing in a process that ends is waited for.
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(3);

    [Fact]
    public Task Python_dubs_a_file() => DubsAsync(Python, [Consumer("python/dub.py")]);

    [Fact]
    public async Task C_dubs_a_file()
    {
        using var folder = new TemporaryFolder();
        await DubsAsync(await programs.CompileAsync("dub", folder), []);
    }

    [Theory]
    [InlineData("states")]
    [InlineData("unstarted")]
    [InlineData("early_eos")]
    [InlineData("sink_alone")]
    [InlineData("source_alone")]
    [InlineData("same_name")]
    [InlineData("two_sessions")]
    public async Task It_behaves(string @case)
    {
        await using var sts = await EchoSts.Start();
        var (lines, _) = await programs.RunAsync(Python, [Consumer("python/behaviour.py"), @case, Url(sts), FixtureFiles.E]);
        Assert.Contains("done", lines);
    }

    [Theory]
    [InlineData("stop_in_flight")]
    [InlineData("exit_in_flight")]
    public async Task It_leaves_with_fragments_in_flight(string @case)
    {
        await using var sts = await SlowEcho();
        await using var process = programs.Start(Python, [Consumer("python/behaviour.py"), @case, Url(sts), FixtureFiles.E]);
        await process.WaitForLine("done", CaseLimit);
        var code = await process.Exited.WaitAsync(ExitLimit, TestContext.Current.CancellationToken);
        Assert.True(code == 0, process.Tail());
    }

    // Fragments stay in flight.
    private static async Task<EchoSts> SlowEcho()
    {
        var sts = await EchoSts.Start();
        await sts.SetModes(new JsonObject { ["processing_delay"] = new JsonObject { ["fixed_ms"] = 15000 } });
        return sts;
    }

    private static string Consumer(string path) => Repository.PathTo($"tests/consumers/{path}");

    private static string Url(EchoSts sts) => $"{sts.Url}".TrimEnd('/');

    private async Task DubsAsync(string program, string[] arguments)
    {
        await using var sts = await EchoSts.Start();
        using var folder = new TemporaryFolder();
        var (lines, _) = await programs.RunAsync(program, [.. arguments, FixtureFiles.E, Url(sts), folder.File("dubbed.wav")]);
        // 5 s in fragments of 2 s.
        Assert.Equal(["fragment 0 dubbed", "fragment 1 dubbed", "fragment 2 dubbed"],
            lines.Where(line => line.StartsWith("fragment ", StringComparison.Ordinal)));
        // 5 s of S16LE, 48 kHz, stereo.
        Assert.InRange(new FileInfo(folder.File("dubbed.wav")).Length, 4.9 * 192_000, 5.2 * 192_000);
    }
}
