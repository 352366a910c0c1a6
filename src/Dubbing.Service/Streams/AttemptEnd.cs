namespace Dubbing.Service.Streams;

/// <summary>How a pipeline ended.</summary>
/// <param name="Clean">By an end of stream that was played out.</param>
/// <param name="Cause">What a restart is counted under: <c>eos</c>, <c>input</c>, <c>output</c>, <c>pipeline</c>, <c>worker</c> or <c>launch</c>.</param>
/// <param name="Error">What went wrong, or null.</param>
internal sealed record AttemptEnd(bool Clean, string Cause, StreamError? Error)
{
    /// <summary>The graph when it failed; null when it did not.</summary>
    public string? Graph { get; init; }
}
