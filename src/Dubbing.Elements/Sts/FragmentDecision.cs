namespace Dubbing.Elements.Sts;

/// <summary>What takes a fragment's place in the output. There is exactly one for each submitted fragment.</summary>
public sealed record FragmentDecision
{
    /// <summary>The fragment.</summary>
    public required Fragment Fragment { get; init; }

    /// <summary>Dubbed or fallback.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Why it falls back; <see cref="FallbackReason.None"/> if it does not.</summary>
    public FallbackReason Reason { get; init; }

    /// <summary>The server's audio: set exactly when <see cref="Outcome"/> is <see cref="Sts.Outcome.Dubbed"/>.</summary>
    public DubbedAudio? Audio { get; init; }

    /// <summary>What was understood, if the server said.</summary>
    public string? Transcript { get; init; }

    /// <summary>Its translation, if the server said.</summary>
    public string? TranslatedText { get; init; }

    /// <summary>How long the server worked on it by its own account, in ms; 0 without a result.</summary>
    public long ProcessingTimeMs { get; init; }

    /// <summary>From handing it to the connection to the receipt of the result; zero without a result.</summary>
    public TimeSpan Rtt { get; init; }

    /// <summary>How long before the deadline the result was received; zero without a result.</summary>
    public TimeSpan Slack { get; init; }
}
