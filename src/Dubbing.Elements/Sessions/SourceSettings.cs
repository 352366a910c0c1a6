using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>What a <c>stssrc</c> was set to. Defaults stand here and nowhere else.</summary>
public sealed record SourceSettings
{
    /// <summary>Name that the source shares with its <c>stssink</c>.</summary>
    public string Session { get; init; } = "default";

    /// <summary>The STS server: scheme, host and port.</summary>
    public string? Url { get; init; }

    /// <summary>Sent as Socket.IO <c>auth.token</c>; secret.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Names this process to the server.</summary>
    public string WorkerId { get; init; } = "dubbing";

    /// <summary>Language spoken in the input.</summary>
    public string SourceLanguage { get; init; } = "en";

    /// <summary>Language wanted in the output.</summary>
    public string TargetLanguage { get; init; } = "es";

    /// <summary>The server's name for the voice.</summary>
    public string VoiceProfile { get; init; } = "default";

    /// <summary>What the stream is about, separated by commas.</summary>
    public string DomainHints { get; init; } = "";

    /// <summary>HTTP path of the server's Engine.IO endpoint.</summary>
    public string Path { get; init; } = "/socket.io/";

    /// <summary>Socket.IO namespace.</summary>
    public string Namespace { get; init; } = "/";

    /// <summary>What plays where there is nothing dubbed.</summary>
    public FallbackMode Fallback { get; init; }

    /// <summary>Longest fragment in ms, as cut by <c>splitmuxsink max-size-time</c>.</summary>
    public uint FragmentDuration { get; init; } = 6000;

    /// <summary>The STS server's budget for one fragment in ms.</summary>
    public uint Timeout { get; init; } = 8000;

    /// <summary>Added to the latency in ms, for decoding, encoding and muxing.</summary>
    public uint Margin { get; init; } = 1000;

    /// <summary>Latency before <c>stssink</c> in ms, e.g. that of <c>rtspsrc</c>.</summary>
    public uint UpstreamLatency { get; init; }

    /// <summary>Samples by which the audio is played early, to cancel the encoder's priming.</summary>
    public uint EncoderDelay { get; init; }

    /// <summary>Most fragments in flight.</summary>
    public uint MaxInflight { get; init; } = 3;

    /// <summary>Failures in a row after which nothing is sent for a while.</summary>
    public uint BreakerThreshold { get; init; } = 5;

    /// <summary>How long that while is in ms.</summary>
    public uint BreakerTimeout { get; init; } = 30000;

    /// <summary>How long in ms the session waits for another pipeline when it is left.</summary>
    public uint Linger { get; init; }

    /// <summary>It waits after an EOS, too; else an EOS ends it.</summary>
    public bool LingerAtEos { get; init; }

    /// <summary>The live latency in ns.</summary>
    public ulong Latency => (ulong)(FragmentDuration + Timeout + Margin + UpstreamLatency) * Gst.Clock.MSecond;

    /// <summary>How long after its running time a sample must be decided, in ns.</summary>
    public ulong Deadline => Latency - Margin * Gst.Clock.MSecond;

    /// <summary>How long after its running time a sample must leave, in ns: half the margin is left to what follows.</summary>
    public ulong Due => Latency - Margin * Gst.Clock.MSecond / 2;

    /// <summary>Whether an exchange that was begun with the one can go on with the other: they differ at most in what the
    /// server has nothing to do with.</summary>
    public bool IsSameExchange(SourceSettings other) => other == this with
    {
        Fallback = other.Fallback,
        Margin = other.Margin,
        UpstreamLatency = other.UpstreamLatency,
        EncoderDelay = other.EncoderDelay,
        Linger = other.Linger,
        LingerAtEos = other.LingerAtEos,
    };

    /// <summary>The options of the exchange; throws <see cref="ArgumentException"/> naming each fault.</summary>
    public StsOptions ToOptions()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url))
            throw new ArgumentException("url must be absolute, such as http://127.0.0.1:3000");
        var options = new StsOptions
        {
            Url = url,
            Path = Path,
            Namespace = Namespace,
            ApiKey = string.IsNullOrEmpty(ApiKey) ? null : ApiKey,
            StreamId = Session,
            WorkerId = WorkerId,
            SourceLanguage = SourceLanguage,
            TargetLanguage = TargetLanguage,
            VoiceProfile = VoiceProfile,
            DomainHints = DomainHints.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            FragmentDurationMs = (int)FragmentDuration,
            TimeoutMs = (int)Timeout,
            MaxInflight = (int)MaxInflight,
            BreakerThreshold = (int)BreakerThreshold,
            BreakerTimeoutMs = (int)BreakerTimeout,
        };
        return options.Validate() is { } faults ? throw new ArgumentException(faults) : options;
    }
}
