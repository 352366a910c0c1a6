using Dubbing.Service.Feeds;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Service.Tests.Feeds;

/// <summary>What a feed keeps and whom it lets go.</summary>
public class FeedTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_reader_gets_what_is_kept_after_a_number_then_what_follows_then_the_end()
    {
        var feed = new Feed<string>(_time, new FeedLimits(3, TimeSpan.FromHours(1)));
        foreach (var text in new[] { "a", "b", "c", "d" }) feed.Publish(text);
        Assert.Equal("bcd", Texts(feed.Kept));
        using var reader = feed.Read(2)!;
        using var late = feed.Read(0)!;
        feed.Publish("e");
        feed.End();
        feed.Publish("after the end");
        Assert.Equal(("cd", "e"), (Texts(reader.Kept), Texts(await RestAsync(reader))));
        Assert.Equal(("bcd", "e"), (Texts(late.Kept), Texts(await RestAsync(late))));
        using var after = feed.Read(4)!;
        Assert.Equal(("e", ""), (Texts(after.Kept), Texts(await RestAsync(after))));
        Assert.Equal(0, feed.Readers);
    }

    [Fact]
    public void Nothing_is_kept_beyond_its_age()
    {
        var feed = new Feed<string>(_time, new FeedLimits(3, TimeSpan.FromMinutes(1)));
        feed.Publish("a");
        _time.Advance(TimeSpan.FromSeconds(40));
        feed.Publish("b");
        Assert.Equal("ab", Texts(feed.Kept));
        _time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal("b", Texts(feed.Kept));
    }

    [Fact]
    public void A_reader_that_falls_behind_is_dropped_and_the_others_go_on()
    {
        var feed = new Feed<string>(_time, new FeedLimits(1000, TimeSpan.FromHours(1)) { Queue = 4 });
        using var slow = feed.Read(0)!;
        using var quick = feed.Read(0)!;
        var read = 0;
        for (var i = 0; i < 10; i++)
        {
            feed.Publish("x");
            while (quick.Following.TryRead(out _)) read++;
        }

        Assert.True(slow.Dropped.IsCancellationRequested);
        Assert.False(quick.Dropped.IsCancellationRequested);
        Assert.Equal((10, 1), (read, feed.Readers));
    }

    [Fact]
    public void There_are_only_so_many_readers()
    {
        var feed = new Feed<string>(_time, new FeedLimits(1, TimeSpan.FromHours(1)) { Readers = 2 });
        using var first = feed.Read(0)!;
        using var second = feed.Read(0)!;
        Assert.Null(feed.Read(0));
        first.Dispose();
        using var third = feed.Read(0);
        Assert.NotNull(third);
    }

    private static string Texts(IEnumerable<FeedItem<string>> items) => string.Concat(items.Select(item => item.Value));

    private static async Task<List<FeedItem<string>>> RestAsync(FeedReader<string> reader) =>
        await reader.Following.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
}
