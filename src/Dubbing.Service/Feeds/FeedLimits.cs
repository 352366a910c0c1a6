namespace Dubbing.Service.Feeds;

/// <summary>What bounds a feed.</summary>
/// <param name="Kept">Entries that are kept for those who come later; the oldest goes first.</param>
/// <param name="Age">No entry is kept longer.</param>
internal sealed record FeedLimits(int Kept, TimeSpan Age)
{
    /// <summary>Entries that wait for a reader; one that falls further behind is dropped.</summary>
    public int Queue { get; init; } = 64;

    /// <summary>Readers at a time.</summary>
    public int Readers { get; init; } = 100;
}
