using System.Text.Json.Nodes;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Tests.Servers;

public sealed class EchoStsTests
{
    [Fact]
    public async Task It_starts_takes_modes_and_comes_back_on_its_port_after_a_kill()
    {
        int port;
        await using (var server = await EchoSts.Start())
        {
            await server.SetModes(new JsonObject());
            await server.ResetModes();
            Assert.NotNull(await server.Journal());
            Assert.NotNull(await server.Summary("demo-1"));
            port = server.Url.Port;

            server.Process.Signal(UnixSignal.Kill);
            Assert.Equal(137, await server.Process.Exited.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        }

        await using var again = await EchoSts.Start(port);
        Assert.Equal(port, again.Url.Port);
    }
}
