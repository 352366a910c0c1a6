namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>error</c>.</summary>
internal sealed record ErrorMessage(
    string? Code, string? Message, string? Severity, bool? Retryable, string? StreamId, string? FragmentId, string? ErrorId)
    : ServerMessage(EventNames.Error);
