using System.Text.RegularExpressions;

namespace Dubbing.Elements.Sts;

/// <summary>What one stream's exchange with the STS server needs to know. Immutable; check with <see cref="Validate"/>.</summary>
public sealed partial record StsOptions
{
    /// <summary>Scheme (http, https, ws, wss), host and port of the server; path and namespace have keys of their own.</summary>
    public required Uri Url { get; init; }

    /// <summary>HTTP path of the Engine.IO endpoint.</summary>
    public string Path { get; init; } = "/socket.io/";

    /// <summary>Socket.IO namespace.</summary>
    public string Namespace { get; init; } = "/";

    /// <summary>Sent as Socket.IO <c>auth.token</c> when set. Secret: never part of an event or of <see cref="ToString"/>.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Names the stream: 1–64 letters, digits, <c>-</c>, <c>_</c>.</summary>
    public required string StreamId { get; init; }

    /// <summary>Names this worker: 1–64 letters, digits, <c>-</c>, <c>_</c>.</summary>
    public required string WorkerId { get; init; }

    /// <summary>Language spoken in the input, 2–10 characters.</summary>
    public string SourceLanguage { get; init; } = "en";

    /// <summary>Language wanted in the output, 2–10 characters.</summary>
    public string TargetLanguage { get; init; } = "es";

    /// <summary>The server's name for the voice.</summary>
    public string VoiceProfile { get; init; } = "default";

    /// <summary>What the stream is about, for the server's recognition and translation: at most 100 words or phrases of 1–100
    /// characters. Nothing is sent for none.</summary>
    public IReadOnlyList<string> DomainHints { get; init; } = [];

    /// <summary>Nominal fragment length in ms, 100–60000. Servers have narrower limits of their own.</summary>
    public int FragmentDurationMs { get; init; } = 6000;

    /// <summary>How long the server may take for a fragment in ms, 1000–30000.</summary>
    public int TimeoutMs { get; init; } = 8000;

    /// <summary>Fragments asked to be processed at a time, 1–10; the server may confirm fewer.</summary>
    public int MaxInflight { get; init; } = 3;

    /// <summary>Failures in a row after which nothing is sent for a while, 1–1000.</summary>
    public int BreakerThreshold { get; init; } = 5;

    /// <summary>How long that while is in ms, 1000–3600000.</summary>
    public int BreakerTimeoutMs { get; init; } = 30000;

    /// <summary>A shorter fragment is not worth a translation: the rest of a stream is from 1 s on, and nominal fragments always are.</summary>
    public TimeSpan ShortestFragment => TimeSpan.FromMilliseconds(Math.Min(1000, FragmentDurationMs / 2));

    /// <summary>All faults of these options, one a line, each naming the key and the mend; null if there are none.</summary>
    public string? Validate()
    {
        var faults = new List<string>();
        void Require(bool holds, string fault)
        {
            if (!holds)
                faults.Add(fault);
        }

        if (Url is not { IsAbsoluteUri: true })
            faults.Add("url must be absolute, such as http://127.0.0.1:3000");
        else
        {
            Require(Url.Scheme is "http" or "https" or "ws" or "wss", $"url must begin with http, https, ws or wss, not {Url.Scheme}");
            Require(Url.AbsolutePath == "/" && Url.Query.Length == 0, "url must end after host and port: the HTTP path belongs in path, the namespace in namespace");
            Require(Url.UserInfo.Length == 0, "url must not carry credentials: use the API key");
        }

        Require(Path.StartsWith('/') && Path.Length <= 200 && !Path.Contains('?'), "path must begin with / and have no query, such as /socket.io/");
        Require(Namespace.StartsWith('/') && Namespace.Length <= 200 && Namespace.AsSpan().IndexOfAny(",?[{ ") < 0, "namespace must begin with / and have none of , ? [ { or space");
        Require(Identifier().IsMatch(StreamId), "stream-id must be 1 to 64 letters, digits, - or _");
        Require(Identifier().IsMatch(WorkerId), "worker-id must be 1 to 64 letters, digits, - or _");
        Require(SourceLanguage.Length is >= 2 and <= 10, "source-language must have 2 to 10 characters, such as en");
        Require(TargetLanguage.Length is >= 2 and <= 10, "target-language must have 2 to 10 characters, such as es");
        Require(VoiceProfile.Length is >= 1 and <= 200, "voice-profile must have 1 to 200 characters, such as default");
        Require(DomainHints.Count <= 100 && DomainHints.All(hint => hint.Length is >= 1 and <= 100), "domain-hints must be at most 100 of 1 to 100 characters each");
        Require(FragmentDurationMs is >= 100 and <= 60000, "fragment duration must be 100 to 60000 ms");
        Require(TimeoutMs is >= 1000 and <= 30000, "timeout must be 1000 to 30000 ms");
        Require(MaxInflight is >= 1 and <= 10, "max-inflight must be 1 to 10");
        Require(BreakerThreshold is >= 1 and <= 1000, "breaker-threshold must be 1 to 1000");
        Require(BreakerTimeoutMs is >= 1000 and <= 3600000, "breaker-timeout must be 1000 to 3600000 ms");
        return faults.Count == 0 ? null : string.Join('\n', faults);
    }

    /// <summary>Names the stream and the server; leaves out the key.</summary>
    public override string ToString() => $"{StreamId} at {Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}";

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}\\z")]
    private static partial Regex Identifier();
}
