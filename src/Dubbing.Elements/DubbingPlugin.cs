using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>The plugin that the elements make up.</summary>
public static class DubbingPlugin
{
    /// <summary>The plugin's name.</summary>
    public const string Name = "dubbing";

    /// <summary>One sentence about it.</summary>
    public const string Description = "Dubs live streams by a speech-to-speech server";

    /// <summary>The plugin's version.</summary>
    public static string Version => typeof(DubbingPlugin).Assembly.GetName().Version!.ToString(3);

    /// <summary>Ends STS sessions that wait for another pipeline of theirs: no more will come. Thread-safe.</summary>
    /// <param name="session">The session's name; null: all of this process.</param>
    /// <returns>Completes when the servers have heard of it, within a few seconds.</returns>
    public static Task EndSessionsAsync(string? session = null) => Sessions.DubSessions.EndLingeringAsync(session);

    /// <summary>The elements of other plugins that one of these works with inside, so that a launch file does not show them.</summary>
    /// <param name="factory">The element.</param>
    public static IReadOnlyList<string> Needs(string factory) =>
        factory == "stssrc" ? ["appsrc", "appsink", "audioconvert", "audioresample", "decodebin", "qtdemux", "aacparse", "avdec_aac"] : [];

    /// <summary>Registers the elements in this process, in place of those of a plugin file. Call once, after GStreamer was initialised.</summary>
    /// <returns>The plugin file that GStreamer found and that is not used because of that; null for none.</returns>
    /// <exception cref="InvalidOperationException">GStreamer refused the plugin.</exception>
    public static string? Register()
    {
        var replaced = Plugin.FileOf(Name);
        Plugin.RegisterStatic(Name, Description, Version, RegisterElements);
        return replaced;
    }

    /// <summary>Registers the elements with a native plugin.</summary>
    /// <returns>Whether GStreamer took all of them.</returns>
    public static bool RegisterElements(nint plugin) =>
        Plugin.RegisterElement(plugin, "stssink", BaseSinkImpl.Register<StsSink>(StsSink.Description))
        && Plugin.RegisterElement(plugin, "stssrc", BaseSrcImpl.Register<StsSrc>(StsSrc.Description))
        && Plugin.RegisterElement(plugin, "livetimestamper", PlainElementImpl.Register<LiveTimestamper>(LiveTimestamper.Description))
        && Plugin.RegisterElement(plugin, "rtpinfo", PlainElementImpl.Register<RtpInfo>(RtpInfo.Description))
        && Plugin.RegisterElement(plugin, "flvgate", PlainElementImpl.Register<FlvGate>(FlvGate.Description))
        && Plugin.RegisterElement(plugin, "avgate", PlainElementImpl.Register<AvGate>(AvGate.Description));
}
