namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>stream:complete</c>.</summary>
internal sealed record StreamCompleteMessage(
    long? TotalFragments, long? TotalDurationMs, long? SuccessCount, long? PartialCount, long? FailedCount,
    long? AvgProcessingTimeMs, long? P95ProcessingTimeMs)
    : ServerMessage(EventNames.StreamComplete);
