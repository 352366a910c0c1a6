namespace Dubbing.Elements.Sts;

/// <summary>A result came, in time or late. Duplicates are no result: they are a <see cref="ProtocolFault"/>.</summary>
/// <param name="Fragment">The fragment; without its image when it had been decided before.</param>
/// <param name="Status"><c>success</c>, <c>partial</c> or <c>failed</c>.</param>
/// <param name="Late">It came after the deadline, or after its place was decided.</param>
/// <param name="ProcessingMs">The server's own account of its work, in ms.</param>
/// <param name="Rtt">From handing the fragment to the connection to the receipt.</param>
/// <param name="Slack">How long before the deadline it came; negative when after.</param>
/// <param name="Transcript">What was understood, if the server said.</param>
/// <param name="TranslatedText">Its translation, if the server said.</param>
/// <param name="Inflight">Fragments in flight, this one no longer included.</param>
public sealed record FragmentProcessed(
    Fragment Fragment, string Status, bool Late, long ProcessingMs, TimeSpan Rtt, TimeSpan Slack,
    string? Transcript, string? TranslatedText, int Inflight) : StsEvent;
