namespace Dubbing.Service.Configuration;

/// <summary>Where the configuration comes from while the service runs.</summary>
/// <param name="SettingsFile">The settings file.</param>
/// <param name="Read">Reads and checks everything, as at the start.</param>
internal sealed record ConfigurationReload(
    string SettingsFile, Func<(DubbingOptions? Options, IReadOnlyList<ConfigurationFault> Faults)> Read);
