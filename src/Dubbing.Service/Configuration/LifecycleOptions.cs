namespace Dubbing.Service.Configuration;

/// <summary>How streams begin and end.</summary>
/// <param name="Grace">How long a stream goes on after its publisher left.</param>
/// <param name="Drain">How long playing out may take when a stream or the service stops.</param>
/// <param name="MaxConcurrentStreams">Streams that may run at once.</param>
public sealed record LifecycleOptions(TimeSpan Grace, TimeSpan Drain, int MaxConcurrentStreams);
