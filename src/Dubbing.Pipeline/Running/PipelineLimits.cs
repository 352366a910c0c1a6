namespace Dubbing.Pipeline;

/// <summary>How long native steps may take. What takes longer is reported as an error.</summary>
/// <param name="Start">From launch to PLAYING.</param>
/// <param name="TearDown">The change to NULL; one that takes longer is abandoned on its thread.</param>
public sealed record PipelineLimits(TimeSpan Start, TimeSpan TearDown)
{
    /// <summary>30 s to start, as a media server may have to be waited for; 10 s to tear down.</summary>
    public static PipelineLimits Default { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
}
