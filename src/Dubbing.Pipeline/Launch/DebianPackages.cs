namespace Dubbing.Pipeline;

/// <summary>Which Debian package has an element: the one place where that is known.</summary>
internal static class DebianPackages
{
    private static readonly Dictionary<string, string> _packages = new (string Package, string Elements)[]
    {
        ("libgstreamer1.0-0", "queue queue2 tee identity fakesink fakesrc filesrc filesink clocksync multiqueue input-selector output-selector valve concat capsfilter"),
        ("gstreamer1.0-plugins-base", "audioconvert audioresample audiorate audiotestsrc audiomixer volume videotestsrc videoconvert videoscale videorate decodebin uridecodebin appsrc appsink opusenc opusdec tcpclientsrc tcpserversink"),
        ("gstreamer1.0-plugins-good", "rtspsrc rtph264depay rtpmp4gdepay rtpmp4adepay rtpjitterbuffer rtpbin flvmux flvdemux mp4mux qtmux qtdemux matroskamux splitmuxsink splitmuxsrc aacparse level audiopanorama udpsrc udpsink souphttpsrc"),
        ("gstreamer1.0-plugins-bad", "rtmp2src rtmp2sink rtmpsrc rtmpsink h264parse h264timestamper h265parse voaacenc faad fdkaacenc fdkaacdec mpegtsmux tsdemux interaudiosink interaudiosrc intervideosink intervideosrc srtsrc srtsink webrtcbin hlssink2"),
        ("gstreamer1.0-plugins-ugly", "x264enc"),
    }.SelectMany(entry => entry.Elements.Split(' ').Select(name => (Name: name, entry.Package))).ToDictionary(pair => pair.Name, pair => pair.Package);

    /// <summary>What to do about missing TLS, as the end of a sentence.</summary>
    public const string MendTls = "install the Debian package glib-networking";

    /// <summary>What to do about a missing element, as the end of a sentence.</summary>
    public static string Mend(string factory) =>
        _packages.TryGetValue(factory, out var package) ? $"install the Debian package {package}"
        : factory.StartsWith("av", StringComparison.Ordinal) && factory.Contains('_') ? "install the Debian package gstreamer1.0-libav"
        : factory.StartsWith("sts", StringComparison.Ordinal) || factory is "livetimestamper" or "avgate" or "flvgate" ? "it belongs to this project's own plugin: is it registered, or on GST_PLUGIN_PATH?"
        : "check the spelling with gst-inspect-1.0";
}
