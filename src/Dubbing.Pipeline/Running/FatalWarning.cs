namespace Dubbing.Pipeline;

/// <summary>Warnings of GStreamer after which the output can't be what the description says: errors here.</summary>
internal static class FatalWarning
{
    /// <summary>What a warning means for the pipeline.</summary>
    /// <param name="message">The warning.</param>
    /// <param name="debug">Its debug text, or null.</param>
    /// <returns>The error in words; null for a warning that is none.</returns>
    public static string? Explain(string message, string? debug) =>
        // The queues are too short for the latency: what comes out would stutter.
        $"{message}{debug}".Contains("Impossible to configure latency", StringComparison.Ordinal)
            ? "Impossible to configure latency: a queue holds less than the delay"
            : null;
}
