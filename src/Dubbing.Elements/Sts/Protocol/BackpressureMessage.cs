namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>backpressure</c>.</summary>
internal sealed record BackpressureMessage(
    string? StreamId, string? Severity, long? CurrentInflight, long? QueueDepth, string? Action, long? RecommendedDelayMs)
    : ServerMessage(EventNames.Backpressure);
