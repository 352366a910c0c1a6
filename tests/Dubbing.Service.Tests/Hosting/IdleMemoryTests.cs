using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dubbing.Service.Tests.Hosting;

public sealed class IdleMemoryTests
{
    [Fact]
    public async Task Memory_is_given_back_once_when_no_stream_has_run_for_a_while()
    {
        await using var service = await TestService.StartAsync(("DUBBING__LIFECYCLE__GRACESECONDS", "0"));
        var times = 0;
        using var idle = new IdleMemory(service.Streams, () => times++, service.Time, NullLogger<IdleMemory>.Instance);
        Look(4);
        Assert.Equal(0, times);
        Look(60);
        Assert.Equal(1, times);

        await service.ReadyAsync();
        (await service.Launcher.NextAsync()).Run();
        Look(60);
        Assert.Equal(1, times);

        await service.NotReadyAsync();
        await service.UntilAsync(StreamState.Idle);
        Look(4);
        Assert.Equal(1, times);
        Look(60);
        Assert.Equal(2, times);

        void Look(int looks)
        {
            for (var i = 0; i < looks; i++) idle.Look();
        }
    }
}
