using System.Threading.Channels;

namespace Dubbing.Service.Feeds;

/// <summary>One reader of a <see cref="Feed{T}"/>, with a bounded queue of its own.</summary>
internal sealed class FeedReader<T> : IDisposable
{
    private readonly CancellationTokenSource _dropped = new();
    private readonly Channel<FeedItem<T>> _queue;
    private readonly Action<FeedReader<T>> _leave;

    internal FeedReader(IReadOnlyList<FeedItem<T>> kept, int queue, Action<FeedReader<T>> leave)
    {
        (Kept, _leave) = (kept, leave);
        _queue = Channel.CreateBounded<FeedItem<T>>(queue);
    }

    /// <summary>What was there already, oldest first.</summary>
    public IReadOnlyList<FeedItem<T>> Kept { get; }

    /// <summary>What came since. Completes when the feed ends.</summary>
    public ChannelReader<FeedItem<T>> Following => _queue.Reader;

    /// <summary>Set when the reader fell too far behind: it gets nothing more.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <summary>Leaves the feed.</summary>
    public void Dispose() => _leave(this);

    /// <summary>Hands an entry over; false if there is no room, and the reader is dropped.</summary>
    internal bool Offer(FeedItem<T> item)
    {
        if (_queue.Writer.TryWrite(item)) return true;
        // Whoever waits on the token goes on elsewhere, not in the publisher's lock.
        _ = _dropped.CancelAsync();
        return false;
    }

    internal void Complete() => _queue.Writer.TryComplete();
}
