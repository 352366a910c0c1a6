using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;
using Gst;

namespace Dubbing.Elements;

/// <summary>The bus messages of <c>stssrc</c>: one structure for each thing that happens.</summary>
internal static class StsMessages
{
    /// <summary>The message for something that happened in the exchange; null if it is not told.</summary>
    public static Structure? From(string session, StsEvent happened)
    {
        Structure Named(string name) => new Structure(name).Set("session", session);
        Structure Of(string name, Fragment fragment) => Named(name).Set("fragment-id", fragment.Id);
        return happened switch
        {
            FragmentSent e => Of("sts-fragment-sent", e.Fragment)
                .Set("index", (ulong)e.Fragment.Index).Set("sequence", e.Sequence).Set("inflight", e.Inflight),
            FragmentAcked e => Of("sts-fragment-acked", e.Fragment).Set("status", e.Status),
            // Slack is rounded up: above nothing is in time, to the last part of a millisecond.
            FragmentProcessed e => Of("sts-fragment-processed", e.Fragment)
                .Set("index", (ulong)e.Fragment.Index).Set("start-time", e.Fragment.StartTime).Set("duration", e.Fragment.Duration)
                .Set("status", e.Status).Set("late", e.Late).Set("processing-ms", e.ProcessingMs)
                .Set("rtt-ms", (long)e.Rtt.TotalMilliseconds).Set("slack-ms", (long)Math.Ceiling(e.Slack.TotalMilliseconds))
                .Set("transcript", e.Transcript ?? "").Set("translated-text", e.TranslatedText ?? "").Set("inflight", e.Inflight),
            StateChanged e => Named("sts-state")
                .Set("state", Nick(e.State)).Set("reason", e.Reason).Set("reconnects", e.Reconnects),
            ServerError e => Named("sts-error")
                .Set("code", e.Code).Set("message", e.Message).Set("severity", e.Severity)
                .Set("fragment-id", e.FragmentId).Set("retryable", e.Retryable).Set("more", (ulong)e.More),
            ProtocolFault e => Named("sts-error")
                .Set("code", "MALFORMED_MESSAGE").Set("message", $"{e.What}: {e.Detail}").Set("severity", "warning")
                .Set("fragment-id", "").Set("retryable", false).Set("more", (ulong)e.More),
            BackpressureReceived e => Named("sts-backpressure")
                .Set("action", e.Action).Set("severity", e.Severity).Set("delay-ms", (long)e.Delay.TotalMilliseconds)
                .Set("more", (ulong)e.More),
            BreakerChanged e => Named("sts-breaker").Set("state", Nick(e.State)).Set("failures", e.Failures),
            InputDiscontinuity e => Named("sts-discontinuity").Set("position", e.Position).Set("step", e.Step),
            _ => null,
        };
    }

    /// <summary>The message for a fragment whose playout began.</summary>
    public static Structure From(string session, PlayedFragment fragment) =>
        new Structure("sts-fragment")
            .Set("session", session).Set("fragment-id", fragment.Id).Set("index", (ulong)fragment.Index)
            .Set("outcome", fragment.Outcome == Outcome.Dubbed ? "dubbed" : "fallback").Set("reason", Nick(fragment.Reason))
            .Set("start-time", fragment.StartTime).Set("duration", fragment.Duration);

    private static string Nick(StsState state) => state.ToString().ToLowerInvariant();

    /// <summary>The state's name outside.</summary>
    public static string Nick(BreakerState state) => state switch
    {
        BreakerState.Closed => "closed",
        BreakerState.HalfOpen => "half-open",
        _ => "open",
    };

    /// <summary>The reason's name outside; empty for none.</summary>
    public static string Nick(FallbackReason reason) => reason switch
    {
        FallbackReason.None => "",
        FallbackReason.BreakerOpen => "breaker_open",
        FallbackReason.InvalidAudio => "invalid_audio",
        _ => reason.ToString().ToLowerInvariant(),
    };
}
