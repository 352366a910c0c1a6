namespace Dubbing.Service.Configuration;

/// <summary>Segment files: people's speech, so kept for a bounded time and size, readable by the service's user only.</summary>
/// <param name="Folder">Their root; a run has <c>{stream id}/{run id}</c> in it.</param>
/// <param name="FragmentMs">Length of a fragment, in ms.</param>
/// <param name="MaxRuns">Ended runs that are kept for a stream.</param>
/// <param name="MaxAge">How long an ended run is kept.</param>
/// <param name="MaxBytes">What all ended runs may take together.</param>
public sealed record SegmentOptions(string Folder, int FragmentMs, int MaxRuns, TimeSpan MaxAge, long MaxBytes);
