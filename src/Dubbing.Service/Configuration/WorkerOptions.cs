namespace Dubbing.Service.Configuration;

/// <summary>Where pipelines run.</summary>
/// <param name="Isolated">Each stream has a process of its own; else all run in the service's.</param>
/// <param name="MaxBytes">Memory that such a process may take before it is replaced; 0: any.</param>
public sealed record WorkerOptions(bool Isolated, long MaxBytes)
{
    /// <summary>How long such a process may give no sign of life before it is replaced. It gives one a second.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);
}
