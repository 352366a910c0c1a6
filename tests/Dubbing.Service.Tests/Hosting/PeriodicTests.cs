using Dubbing.Service.Hosting;
using Dubbing.Service.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Service.Tests.Hosting;

public class PeriodicTests
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_throws_is_logged_and_done_again(bool atOnce)
    {
        using var log = new CapturedLog();
        using var stop = new CancellationTokenSource();
        using var done = new SemaphoreSlim(0);
        var time = new FakeTimeProvider();
        var running = new Periodic(time, log).RunAsync(TimeSpan.FromSeconds(1), atOnce, () =>
        {
            done.Release();
            throw new InvalidOperationException();
        }, stop.Token);
        Assert.Equal(atOnce, await done.WaitAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await done.WaitAsync(_bound, TestContext.Current.CancellationToken));
        }

        await stop.CancelAsync();
        await running.WaitAsync(_bound, TestContext.Current.CancellationToken);
        Assert.Equal(atOnce ? 4 : 3, log.Lines.Count);
    }
}
