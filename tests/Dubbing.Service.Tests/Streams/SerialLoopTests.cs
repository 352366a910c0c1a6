using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

public class SerialLoopTests
{
    [Fact]
    public async Task It_goes_on_after_whatever_throws_and_says_so()
    {
        using var log = new CapturedLog();
        var broken = true;
        var loop = new SerialLoop(new LogScope(), () => Check(broken, "after"), log.For<SerialLoop>());
        loop.Post(() => Check(broken, "action"));
        loop.Post(() => { });
        loop.Post(() => broken = false);
        Assert.Equal("here", await loop.AskAsync(() => "here").WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        // The first action and what follows it, and what follows the second.
        Assert.Equal(Enumerable.Repeat("Critical: an event could not be dealt with", 3), log.Lines);
        loop.Close();
    }

    private static void Check(bool broken, string where)
    {
        if (broken) throw new InvalidOperationException(where);
    }
}
