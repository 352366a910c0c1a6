namespace Dubbing.Service.Streams;

/// <summary>What happened to one fragment.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Index">Its place in the session, from 0.</param>
internal sealed record FragmentRecord(string Id, ulong Index)
{
    /// <summary>Its beginning, in seconds of running time.</summary>
    public double StartSeconds { get; init; }

    /// <summary>Its length in seconds.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>It was sent to the server.</summary>
    public bool Sent { get; init; }

    /// <summary>From sending to the answer; null: none yet.</summary>
    public long? AnsweredMs { get; init; }

    /// <summary><c>dubbed</c> or <c>fallback</c>; null: not decided.</summary>
    public string? Outcome { get; init; }

    /// <summary>Why it fell back; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>How long before its deadline the answer came; null: none yet.</summary>
    public long? SlackMs { get; init; }
}
