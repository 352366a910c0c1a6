namespace Dubbing.Service.Feeds;

/// <summary>Numbered entries, the last of which are kept, and readers that follow them. Publishing never waits: a reader that does
/// not keep up is dropped. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="limits">What bounds it.</param>
internal sealed class Feed<T>(TimeProvider time, FeedLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Queue<FeedItem<T>> _kept = new();
    private readonly HashSet<FeedReader<T>> _readers = [];
    private long _last;
    private bool _ended;

    /// <summary>What is kept, oldest first.</summary>
    public IReadOnlyList<FeedItem<T>> Kept
    {
        get
        {
            lock (_lock)
            {
                Evict();
                return [.. _kept];
            }
        }
    }

    /// <summary>Readers that follow.</summary>
    public int Readers
    {
        get
        {
            lock (_lock) return _readers.Count;
        }
    }

    /// <summary>Adds an entry. After <see cref="End"/> it does nothing.</summary>
    public void Publish(T value)
    {
        lock (_lock)
        {
            if (_ended) return;
            var item = new FeedItem<T>(++_last, time.GetUtcNow(), value);
            _kept.Enqueue(item);
            Evict();
            _readers.RemoveWhere(reader => !reader.Offer(item));
        }
    }

    /// <summary>Nothing will follow: the readers finish with what they have. What is kept stays.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var reader in _readers) reader.Complete();
            _readers.Clear();
        }
    }

    /// <summary>Begins to read after the entry of a number, or as far back as entries are kept.</summary>
    /// <returns>A reader to be disposed; null when there are as many as may be.</returns>
    public FeedReader<T>? Read(long after)
    {
        lock (_lock)
        {
            if (_readers.Count >= limits.Readers) return null;
            Evict();
            var reader = new FeedReader<T>([.. _kept.Where(item => item.Number > after)], limits.Queue, Leave);
            if (_ended) reader.Complete();
            else _readers.Add(reader);
            return reader;
        }
    }

    private void Leave(FeedReader<T> reader)
    {
        lock (_lock) _readers.Remove(reader);
    }

    private void Evict()
    {
        var oldest = time.GetUtcNow() - limits.Age;
        while (_kept.TryPeek(out var item) && (_kept.Count > limits.Kept || item.At < oldest)) _kept.Dequeue();
    }
}
