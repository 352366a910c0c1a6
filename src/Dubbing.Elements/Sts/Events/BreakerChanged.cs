namespace Dubbing.Elements.Sts;

/// <summary>The circuit breaker counted a failure or changed its state.</summary>
/// <param name="State">Its state now.</param>
/// <param name="Failures">Failures counted since the session's start.</param>
public sealed record BreakerChanged(BreakerState State, ulong Failures) : StsEvent;
