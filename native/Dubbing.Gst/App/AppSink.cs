using System.Runtime.InteropServices;

namespace Gst.App;

/// <summary>What can be done with an <c>appsink</c> element.</summary>
public static partial class AppSink
{
    /// <summary>Takes the next sample.</summary>
    /// <param name="appsink">The element.</param>
    /// <param name="timeout">ns to wait.</param>
    /// <returns>The sample, the caller's to dispose; null at end of stream, when stopped, or when the time is over.</returns>
    public static Sample? TryPullSample(Element appsink, ulong timeout)
    {
        var sample = TryPull(appsink, timeout);
        return sample.IsInvalid ? null : sample;
    }

    /// <summary>Whether the stream ended (or the element is not running).</summary>
    public static bool IsEos(Element appsink) => GetIsEos(appsink) != 0;

    [LibraryImport(Libraries.App, EntryPoint = "gst_app_sink_try_pull_sample")]
    private static partial Sample TryPull(Element appsink, ulong timeout);
    [LibraryImport(Libraries.App, EntryPoint = "gst_app_sink_is_eos")]
    private static partial int GetIsEos(Element appsink);
}
