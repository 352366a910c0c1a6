using System.Text.RegularExpressions;

namespace Dubbing.Pipeline;

/// <summary>Warnings of GStreamer after which the output can't be what the description says: errors here.</summary>
internal static partial class FatalWarning
{
    /// <summary>What a warning means for the pipeline.</summary>
    /// <param name="message">The warning.</param>
    /// <param name="debug">Its debug text, or null.</param>
    /// <returns>The error in words; null for a warning that is none.</returns>
    public static string? Explain(string message, string? debug)
    {
        // The queues are too short for the latency: what comes out would stutter.
        if ($"{message}{debug}".Contains("Impossible to configure latency", StringComparison.Ordinal))
            return "Impossible to configure latency: a queue holds less than the delay";
        // The input has told all its tracks, and one that the description names is not among them.
        if (message.StartsWith("Delayed linking failed", StringComparison.Ordinal))
            return DelayedLink().Match(debug ?? "") is { Success: true } link
                ? $"the input has no track for '{link.Groups["name"].Value}' ({link.Groups["type"].Value})"
                : $"the input has no track for a branch of the pipeline: {message}";
        return null;
    }

    [GeneratedRegex(@" to (?:some )?pad (?:\S+ )?of (?<type>\S+) named (?<name>\S+)")]
    private static partial Regex DelayedLink();
}
