namespace Dubbing.Elements.Sts;

/// <summary>The server's closing account of the stream.</summary>
/// <param name="TotalFragments">Fragments by its count.</param>
/// <param name="TotalDurationMs">Their length in ms.</param>
/// <param name="Succeeded">Processed whole.</param>
/// <param name="Partial">Processed in part.</param>
/// <param name="Failed">Failed.</param>
public sealed record StreamCompleted(long TotalFragments, long TotalDurationMs, long Succeeded, long Partial, long Failed) : StsEvent;
