namespace Dubbing.Elements.Sts;

/// <summary>The server acknowledged a fragment.</summary>
/// <param name="Fragment">The fragment.</param>
/// <param name="Status"><c>queued</c>, <c>processing</c> or whatever the server says; may be empty.</param>
public sealed record FragmentAcked(Fragment Fragment, string Status) : StsEvent;
