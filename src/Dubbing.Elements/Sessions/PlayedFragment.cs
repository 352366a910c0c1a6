using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>A fragment whose place in the output is settled: its playout has begun, or has been passed over.</summary>
/// <param name="Id">The fragment's id.</param>
/// <param name="Index">Its number.</param>
/// <param name="Outcome">Dubbed or fallback.</param>
/// <param name="Reason">Why it falls back.</param>
/// <param name="StartTime">Running time of its first sample in ns.</param>
/// <param name="Duration">Length in ns.</param>
internal sealed record PlayedFragment(
    string Id, long Index, Outcome Outcome, FallbackReason Reason, ulong StartTime, ulong Duration);
