using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

public sealed partial class StsSrc
{
    private static readonly SourceSettings Defaults = new();

    /// <summary>The class, as <c>gst-inspect-1.0 stssrc</c> shows it.</summary>
    public static ElementDescription Description { get; } = new(
        "GstStsSrc",
        new ElementMetadata("Speech-to-speech source", "Source/Audio/Network",
            "Plays what a speech-to-speech server made of a stssink's fragments, at the original's running time", "The Dubbing authors"),
        [
            new PadTemplateSpec("src", PadDirection.Src, PadPresence.Always,
                "audio/x-raw,format=S16LE,layout=interleaved,rate=[8000,192000],channels=[1,2]"),
        ],
        [
            Text("session", "Session", "Name shared with the stssink whose fragments are played, and the stream's id for the server",
                Defaults.Session, s => s.Session, (s, v) => s with { Session = v ?? "" }),
            Text("url", "URL", "Speech-to-speech server: http(s)://host:port", null, s => s.Url, (s, v) => s with { Url = v }),
            Text("path", "Path", "HTTP path of the server's Engine.IO endpoint", Defaults.Path, s => s.Path,
                (s, v) => s with { Path = v ?? Defaults.Path }),
            Text("namespace", "Namespace", "Socket.IO namespace", Defaults.Namespace, s => s.Namespace,
                (s, v) => s with { Namespace = v ?? Defaults.Namespace }),
            // Write-only: a key must not show in a pipeline graph.
            PropertySpec.String<StsSrc>("api-key", "API key", "Key sent to the server as Socket.IO auth token (null: none); can't be read",
                null, PropertyFlags.Writable, _ => null, (e, v) => e._settings = e._settings with { ApiKey = v }),
            Text("worker-id", "Worker id", "Name of this process for the server", Defaults.WorkerId, s => s.WorkerId,
                (s, v) => s with { WorkerId = v ?? "" }),
            Text("source-language", "Source language", "Language spoken in the input, e.g. en", Defaults.SourceLanguage,
                s => s.SourceLanguage, (s, v) => s with { SourceLanguage = v ?? "" }),
            Text("target-language", "Target language", "Language wanted in the output, e.g. es", Defaults.TargetLanguage,
                s => s.TargetLanguage, (s, v) => s with { TargetLanguage = v ?? "" }),
            Text("voice-profile", "Voice profile", "The server's name for the voice", Defaults.VoiceProfile,
                s => s.VoiceProfile, (s, v) => s with { VoiceProfile = v ?? "" }),
            Text("domain-hints", "Domain hints", "What the stream is about, for the server, separated by commas (empty: none)",
                Defaults.DomainHints, s => s.DomainHints, (s, v) => s with { DomainHints = v ?? "" }),
            Number("fragment-duration", "Fragment duration", "Longest fragment in ms, the max-size-time of splitmuxsink", 100, 60000,
                Defaults.FragmentDuration, s => s.FragmentDuration, (s, v) => s with { FragmentDuration = v }),
            Number("timeout", "Timeout", "Time that the server has for a fragment in ms, part of the latency", 1000, 30000,
                Defaults.Timeout, s => s.Timeout, (s, v) => s with { Timeout = v }),
            Number("margin", "Margin", "Latency in ms kept for decoding, encoding and muxing; below 500 flvmux before 1.24.10 may lose sync",
                100, 10000, Defaults.Margin, s => s.Margin, (s, v) => s with { Margin = v }),
            Number("upstream-latency", "Upstream latency", "Latency in ms of what comes before stssink, e.g. rtspsrc's", 0, 10000,
                Defaults.UpstreamLatency, s => s.UpstreamLatency, (s, v) => s with { UpstreamLatency = v }),
            Number("encoder-delay", "Encoder delay",
                "Samples by which audio is played early to cancel the encoder's priming: voaacenc 1600, avenc_aac 1024", 0, 10000,
                Defaults.EncoderDelay, s => s.EncoderDelay, (s, v) => s with { EncoderDelay = v }),
            Number("max-inflight", "Max in flight", "Most fragments that the server is asked to hold at a time", 1, 10,
                Defaults.MaxInflight, s => s.MaxInflight, (s, v) => s with { MaxInflight = v }),
            Number("breaker-threshold", "Breaker threshold", "Failures in a row after which nothing is sent for a while", 1, 1000,
                Defaults.BreakerThreshold, s => s.BreakerThreshold, (s, v) => s with { BreakerThreshold = v }),
            Number("breaker-timeout", "Breaker timeout", "How long in ms nothing is sent after too many failures", 1000, 3600000,
                Defaults.BreakerTimeout, s => s.BreakerTimeout, (s, v) => s with { BreakerTimeout = v }),
            Number("linger", "Linger", "Time in ms that the session waits for the next pipeline when it is left without EOS (0: ends at once)",
                0, 3600000, Defaults.Linger, s => s.Linger, (s, v) => s with { Linger = v }),
            PropertySpec.Boolean<StsSrc>("linger-at-eos", "Linger at EOS", "The session waits for the next pipeline after EOS, too: the input may come again",
                Defaults.LingerAtEos, PropertyFlags.MutableReady, e => e._settings.LingerAtEos, (e, v) => e._settings = e._settings with { LingerAtEos = v }),
            PropertySpec.Enum<StsSrc, FallbackMode>("fallback", "Fallback",
                "What plays where there is nothing dubbed; a change takes effect with the next sample, by a short fade", "GstStsFallback",
                [
                    ("The original", "original"), ("Silence", "silence"),
                    ("The last dubbed fragment again; the original while nothing was dubbed", "last"), ("The original at -12 dB", "duck"),
                ],
                Defaults.Fallback, PropertyFlags.MutablePlaying, e => e._settings.Fallback, (e, v) => e.SetFallback(v)),
            PropertySpec.Enum<StsSrc, SourceState>("state", "State", "How far the exchange with the server is; notified", "GstStsState",
                [
                    ("No exchange", "idle"), ("A connection is being opened", "connecting"),
                    ("Connected, the stream is not confirmed yet", "connected"), ("Fragments are sent", "ready"),
                    ("Connection lost, another attempt follows", "disconnected"), ("The stream is over", "ended"),
                    ("Refused for good, every fragment falls back", "failed"),
                ],
                SourceState.Idle, PropertyFlags.Readable, e => e._state, null),
            PropertySpec.Structure<StsSrc>("stats", "Statistics", "Figures of the exchange with the server", e => e.Stats()),
        ]);

    private static PropertySpec Text(string name, string nick, string blurb, string? defaultValue,
        Func<SourceSettings, string?> get, Func<SourceSettings, string?, SourceSettings> set) =>
        PropertySpec.String<StsSrc>(name, nick, blurb, defaultValue, PropertyFlags.MutableReady,
            e => get(e._settings), (e, v) => e._settings = set(e._settings, v));

    private static PropertySpec Number(string name, string nick, string blurb, uint min, uint max, uint defaultValue,
        Func<SourceSettings, uint> get, Func<SourceSettings, uint, SourceSettings> set) =>
        PropertySpec.UInt<StsSrc>(name, nick, blurb, min, max, defaultValue, PropertyFlags.MutableReady,
            e => get(e._settings), (e, v) => e._settings = set(e._settings, v));

    private void SetFallback(FallbackMode mode)
    {
        _settings = _settings with { Fallback = mode };
        _session?.SetFallback(mode);
    }

    private Structure Stats()
    {
        var session = _session;
        var exchange = session?.Snapshot ?? new StsSnapshot();
        var stats = new Structure("stssrc-stats");
        foreach (var (name, value) in (session?.Counts ?? new SessionCounts()).ToFields(StsMessages.Nick))
            stats.Set(name, value);
        return stats
            .Set("connected", exchange.Connected)
            .Set("reconnects", exchange.Reconnects)
            .Set("inflight", exchange.Inflight)
            .Set("max-inflight", exchange.MaxInflight)
            .Set("rtt", (ulong)exchange.Rtt.TotalNanoseconds)
            .Set("slack", (long)exchange.Slack.TotalNanoseconds)
            .Set("breaker", StsMessages.Nick(exchange.Breaker))
            .Set("breaker-failures", exchange.BreakerFailures)
            .Set("retried", (ulong)exchange.Retried)
            .Set("faults", (ulong)exchange.Faults);
    }
}
