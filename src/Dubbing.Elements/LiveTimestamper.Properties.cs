using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

public sealed partial class LiveTimestamper
{
    private const uint DefaultHeadroom = 200;
    private const uint DefaultLatency = 0;
    private const uint DefaultAudioTimeout = 3000;
    private const uint DefaultVideoTimeout = 20000;

    /// <summary>The class, as <c>gst-inspect-1.0 livetimestamper</c> shows it.</summary>
    public static ElementDescription Description { get; } = new(
        "GstLiveTimestamper",
        new ElementMetadata("Live timestamper", "Filter/Audio/Video",
            "Maps a live publisher's timestamps to running time, audio and video alike, and reports a missing track", "The Dubbing authors"),
        [
            new PadTemplateSpec("video_sink", PadDirection.Sink, PadPresence.Always, "ANY"),
            new PadTemplateSpec("video_src", PadDirection.Src, PadPresence.Always, "ANY"),
            new PadTemplateSpec("audio_sink", PadDirection.Sink, PadPresence.Always, "ANY"),
            new PadTemplateSpec("audio_src", PadDirection.Src, PadPresence.Always, "ANY"),
        ],
        [
            PropertySpec.Enum<LiveTimestamper, TimestampMode>("timestamps", "Timestamps", "What happens to timestamps",
                "GstLiveTimestamperMode",
                [("Shift to running time: the source is live but does not say so", "shift"), ("Keep: the source is live", "keep")],
                TimestampMode.Shift, PropertyFlags.MutableReady, e => e._mode, (e, v) => e._mode = v),
            PropertySpec.UInt<LiveTimestamper>("headroom", "Headroom",
                "Least running time of the first buffer in ms: how much earlier the other track may begin", 0, 5000,
                DefaultHeadroom, PropertyFlags.MutableReady, e => e._headroom, (e, v) => e._headroom = v),
            PropertySpec.UInt<LiveTimestamper>("latency", "Latency",
                "How late after its running time in ms a buffer may come: room for jitter, part of the pipeline's latency", 0, 10000,
                DefaultLatency, PropertyFlags.MutableReady, e => e._latency, (e, v) => e._latency = v),
            PropertySpec.UInt<LiveTimestamper>("audio-timeout", "Audio timeout",
                "Error if, so many ms after the first picture, audio has neither come nor been announced (0: never)", 0, 60000, DefaultAudioTimeout,
                PropertyFlags.MutableReady, e => e._audioTimeout, (e, v) => e._audioTimeout = v),
            PropertySpec.UInt<LiveTimestamper>("video-timeout", "Video timeout",
                "Error if no picture comes so many ms after the first audio (0: never); longer than the longest group of pictures",
                0, 60000, DefaultVideoTimeout, PropertyFlags.MutableReady, e => e._videoTimeout, (e, v) => e._videoTimeout = v),
            PropertySpec.UInt<LiveTimestamper>("stall-timeout", "Stall timeout",
                "End of stream if neither track has sent anything for so many ms (0: never)", 0, 600000, 0,
                PropertyFlags.MutableReady, e => e._stallTimeout, (e, v) => e._stallTimeout = v),
        ]);
}
