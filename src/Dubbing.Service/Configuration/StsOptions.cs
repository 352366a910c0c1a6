namespace Dubbing.Service.Configuration;

/// <summary>The speech translation server and what is asked of it.</summary>
/// <param name="Url">Its address: scheme, host and port.</param>
/// <param name="Path">HTTP path of its Socket.IO endpoint.</param>
/// <param name="Namespace">Its Socket.IO namespace.</param>
/// <param name="ApiKey">The key; a secret. Empty: none.</param>
/// <param name="SourceLanguage">The language spoken.</param>
/// <param name="TargetLanguage">The language to dub into.</param>
/// <param name="Voice">The voice profile.</param>
/// <param name="DomainHints">What the streams are about, separated by commas. Empty: nothing is said.</param>
/// <param name="TimeoutMs">How long the server may take for a fragment, in ms.</param>
/// <param name="MarginMs">Added to the delay beyond what fragment and timeout need, in ms.</param>
/// <param name="Fallback">What plays where no dubbed audio came: <c>original</c>, <c>silence</c>, <c>last</c> or <c>duck</c>.</param>
/// <param name="MaxInflight">Most fragments that it is asked to hold at a time.</param>
/// <param name="BreakerThreshold">Failures in a row that open the circuit breaker.</param>
/// <param name="BreakerTimeoutMs">How long it stays open, in ms.</param>
public sealed record StsOptions(
    string Url, string Path, string Namespace, string ApiKey, string SourceLanguage, string TargetLanguage, string Voice, string DomainHints,
    int TimeoutMs, int MarginMs, string Fallback, int MaxInflight, int BreakerThreshold, int BreakerTimeoutMs);
