namespace Dubbing.Service.Configuration;

/// <summary>Something wrong in the configuration.</summary>
/// <param name="Key">The key, with the old environment name where there is one.</param>
/// <param name="Problem">What is wrong, and what mends it.</param>
public sealed record ConfigurationFault(string Key, string Problem)
{
    /// <summary>The line that is shown.</summary>
    public override string ToString() => $"{Key}: {Problem}";
}
