namespace Dubbing.Elements.Sts;

/// <summary>The server reported an error, by an <c>error</c> event or inside a failed result.</summary>
/// <param name="Code">The server's code.</param>
/// <param name="Message">Its text.</param>
/// <param name="Severity"><c>warning</c>, <c>error</c>, <c>fatal</c> or whatever the server says.</param>
/// <param name="FragmentId">The fragment it is about; empty if none.</param>
/// <param name="Retryable">The error may pass, and counts towards the circuit breaker.</param>
public sealed record ServerError(string Code, string Message, string Severity, string FragmentId, bool Retryable) : StsEvent
{
    /// <summary>So many more like it were not told since the last one that was: they came too fast.</summary>
    public long More { get; init; }
}
