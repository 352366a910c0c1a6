namespace Dubbing.Service.Feeds;

/// <summary>One entry of a feed.</summary>
/// <param name="Number">Its number, from 1, without gaps.</param>
/// <param name="At">When it was published.</param>
/// <param name="Value">What was published.</param>
internal sealed record FeedItem<T>(long Number, DateTimeOffset At, T Value);
