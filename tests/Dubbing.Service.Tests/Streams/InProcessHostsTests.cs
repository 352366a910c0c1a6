using Dubbing.Pipeline;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

public sealed class InProcessHostsTests
{
    private static readonly LaunchFile File = LaunchFile.Parse("t.launch", "fakesrc ! fakesink");

    [Fact]
    public async Task Nothing_follows_a_pipeline_that_hangs_not_even_in_another_run()
    {
        var ended = new List<string>();
        var hosts = new InProcessHosts(new FakeLauncher(TimeProvider.System), name =>
        {
            ended.Add(name);
            return Task.CompletedTask;
        });
        await using (var host = hosts.For("a"))
        {
            var first = await LaunchAsync(host, "a");
            await first.DisposeAsync();
            var second = (FakePipeline)await LaunchAsync(host, "a");
            second.IsAbandoned = true;
            await second.DisposeAsync();
            Assert.Contains("hangs", (await Assert.ThrowsAsync<LaunchException>(() => LaunchAsync(host, "a"))).Message, StringComparison.Ordinal);
        }

        Assert.Equal(["a"], ended);
        await using var next = hosts.For("a");
        await Assert.ThrowsAsync<LaunchException>(() => LaunchAsync(next, "a"));
        await using var other = hosts.For("b");
        await LaunchAsync(other, "b");
    }

    private static async Task<IRunningPipeline> LaunchAsync(IPipelineHost host, string stream) =>
        await host.LaunchAsync(File, new Dictionary<string, PlaceholderValue> { ["stream_id"] = new(stream) });
}
