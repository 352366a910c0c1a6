using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>The input's timestamps jumped.</summary>
/// <param name="Position">Running time of the frame that jumped, in ns.</param>
/// <param name="Step">By how much, in ns: a hole if positive, a step back if negative.</param>
internal sealed record InputDiscontinuity(ulong Position, long Step) : StsEvent;
