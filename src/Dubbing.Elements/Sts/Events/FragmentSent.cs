namespace Dubbing.Elements.Sts;

/// <summary>A fragment was written to the connection.</summary>
/// <param name="Fragment">The fragment.</param>
/// <param name="Sequence">The number told to the server; from 0 after every <c>stream:init</c>.</param>
/// <param name="Inflight">Fragments in flight when it was handed over, this one included.</param>
public sealed record FragmentSent(Fragment Fragment, int Sequence, int Inflight) : StsEvent;
