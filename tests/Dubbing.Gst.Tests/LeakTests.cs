using Dubbing.Testing.Processes;

namespace Dubbing.Gst.Tests;

public class LeakTests
{
    [Theory]
    [InlineData("testsrc ! testfilter ! testsink name=it")]
    [InlineData("testsrc ! testfilter throw-in=chain ! testsink name=it")]
    [InlineData("testsrc throw-in=fixate ! testfilter ! testsink name=it")]
    [InlineData("testsrc ! testfilter ! testsink name=it throw-in=render")]
    [InlineData("testsrc ! testfilter ! testsink name=it throw-in=change-state")]
    public async Task Nothing_is_left_alive(string description) => Assert.Empty(await AliveAsync(description));

    [Fact]
    public async Task A_leak_would_be_seen()
    {
        var alive = await AliveAsync("testsrc ! testfilter leak=true ! testsink name=it");
        Assert.Equal(100, alive.Count);
        Assert.All(alive, line => Assert.Contains("GstBuffer", line, StringComparison.Ordinal));
    }

    private static async Task<List<string>> AliveAsync(string description)
    {
        var alive = new List<string>();
        await using var host = ChildProcess.Start(Environment.ProcessPath!, [], new Dictionary<string, string?>
        {
            [LeakHost.Variable] = description,
            ["GST_TRACERS"] = "leaks",
            ["GST_DEBUG"] = "GST_TRACER:7",
            ["GST_DEBUG_NO_COLOR"] = "1",
            ["G_DEBUG"] = "fatal-criticals",
        }, onLine: line =>
        {
            if (line.Text.Contains("object-alive, type-name=(string)Gst", StringComparison.Ordinal))
                alive.Add(line.Text);
        });
        Assert.Equal(0, await host.Exited.WaitAsync(TimeSpan.FromSeconds(40)));
        Assert.Contains(host.Lines, line => line.Text == "leak host: done");
        return alive;
    }
}
