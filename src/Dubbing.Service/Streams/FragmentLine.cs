namespace Dubbing.Service.Streams;

/// <summary>The log line that each fragment gets when its place in the output is decided.</summary>
internal static class FragmentLine
{
    public static void Write(ILogger logger, FragmentRecord fragment)
    {
        using var scope = logger.BeginScope(new LogScope(("fragment_id", () => fragment.Id)));
        logger.LogInformation(
            "fragment {Index}: {Start:0.000} s + {Duration:0.000} s, {Sent}, {Answered}, {Outcome}{Slack}",
            fragment.Index,
            fragment.StartSeconds,
            fragment.DurationSeconds,
            fragment.Sent ? "sent" : "not sent",
            fragment.AnsweredMs is { } ms ? $"answered in {ms} ms" : "no answer",
            fragment.Reason is { } reason ? $"{fragment.Outcome} ({reason})" : fragment.Outcome,
            fragment.SlackMs is { } slack ? $", slack {slack} ms" : "");
    }
}
