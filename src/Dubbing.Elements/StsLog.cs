using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>The debug categories of the elements.</summary>
internal static class StsLog
{
    /// <summary><c>GST_DEBUG=sts:…</c>: the session that both elements share.</summary>
    public static DebugCategory Category { get; } = new("sts", "Speech-to-speech sessions");
}
