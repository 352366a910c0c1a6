using Dubbing.Testing.Processes;

namespace Dubbing.Plugin.Tests;

/// <summary>What GStreamer expects of every element: the cases of <c>tests/consumers/c/harness</c>, each in a process of its own.</summary>
public sealed class HarnessTests(StockPrograms programs, HarnessTests.Compiled compiled) : IClassFixture<HarnessTests.Compiled>
{
    private static readonly Dictionary<string, string?> s_strict = new() { ["G_DEBUG"] = "fatal-warnings" };

    [Theory]
    [InlineData("filters", "flush_timestamper")]
    [InlineData("filters", "flush_gate")]
    [InlineData("filters", "flush_flv")]
    [InlineData("filters", "no_pts")]
    [InlineData("filters", "unlock_timestamper")]
    [InlineData("source", "latency")]
    [InlineData("source", "test_clock")]
    [InlineData("source", "seek")]
    [InlineData("source", "flush_source")]
    [InlineData("source", "ready")]
    [InlineData("dub", "flush_sink")]
    [InlineData("dub", "eos_mid_fragment")]
    [InlineData("dub", "segment")]
    [InlineData("dub", "gap")]
    [InlineData("dub", "caps")]
    [InlineData("dub", "no_pts_sink")]
    [InlineData("dub", "unlock_source")]
    [InlineData("properties", "properties")]
    public async Task It_behaves(string program, string @case)
    {
        var (lines, _) = await programs.RunAsync(compiled.Path(program), [@case], s_strict);
        Assert.Contains("done", lines);
    }

    /// <summary>The programs, compiled once.</summary>
    public sealed class Compiled(StockPrograms programs) : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        /// <summary>An executable.</summary>
        public string Path(string program) => _folder.File(program);

        /// <inheritdoc />
        public async ValueTask InitializeAsync()
        {
            foreach (var program in (string[])["filters", "source", "dub", "properties"])
                await programs.CompileAsync($"harness/{program}", _folder, "gstreamer-check-1.0 gio-2.0");
        }

        /// <inheritdoc />
        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
