namespace Dubbing.Elements.Sts;

/// <summary>The exchange is in another state.</summary>
/// <param name="State">The new state.</param>
/// <param name="Reason">Why, for the operator; empty when it needs none. Never a secret.</param>
/// <param name="Reconnects">How often the exchange was ready again after it had been lost.</param>
public sealed record StateChanged(StsState State, string Reason, ulong Reconnects) : StsEvent
{
    /// <summary>How the reason begins where the server was reached but takes not this stream.</summary>
    public const string Refused = "the server refused the stream";
}
