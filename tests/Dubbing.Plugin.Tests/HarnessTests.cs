using Dubbing.Testing.Processes;

namespace Dubbing.Plugin.Tests;

/// <summary>What GStreamer expects of every element: the cases of <c>tests/consumers/c/harness.c</c>, each in a process of its own.</summary>
public sealed class HarnessTests(StockPrograms programs, HarnessTests.Program program) : IClassFixture<HarnessTests.Program>
{
    private static readonly Dictionary<string, string?> s_strict = new() { ["G_DEBUG"] = "fatal-warnings" };

    [Theory]
    [InlineData("latency")]
    [InlineData("test_clock")]
    [InlineData("seek")]
    [InlineData("flush_timestamper")]
    [InlineData("flush_gate")]
    [InlineData("flush_flv")]
    [InlineData("flush_sink")]
    [InlineData("flush_source")]
    [InlineData("eos_mid_fragment")]
    [InlineData("segment")]
    [InlineData("gap")]
    [InlineData("caps")]
    [InlineData("no_pts")]
    [InlineData("no_pts_sink")]
    [InlineData("properties")]
    [InlineData("ready")]
    [InlineData("unlock_source")]
    [InlineData("unlock_timestamper")]
    public async Task It_behaves(string @case)
    {
        var (lines, _) = await programs.RunAsync(program.Path, [@case], s_strict);
        Assert.Contains("done", lines);
    }

    /// <summary>The program, compiled once.</summary>
    public sealed class Program(StockPrograms programs) : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        /// <summary>The executable.</summary>
        public string Path { get; private set; } = "";

        /// <inheritdoc />
        public async ValueTask InitializeAsync() => Path = await programs.CompileAsync("harness", _folder, "gstreamer-check-1.0");

        /// <inheritdoc />
        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
