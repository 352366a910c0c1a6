using System.Runtime.InteropServices;
using Dubbing.Gst.Tests.Elements;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Gst.Tests;

/// <summary>GStreamer with the test elements; GLib criticals end the test run.</summary>
internal static partial class Gstreamer
{
    private const int FatalLevels = 1 << 2 | 1 << 3;

    private static readonly Lazy<bool> Ready = new(() =>
    {
        Application.Init();
        _ = SetAlwaysFatal(FatalLevels);
        Plugin.RegisterStatic("dubbingtest", "Elements of the tests", "1.0", plugin =>
            Plugin.RegisterElement(plugin, "testsink", BaseSinkImpl.Register<TestSink>(TestSink.Description))
            && Plugin.RegisterElement(plugin, "testsrc", BaseSrcImpl.Register<TestSrc>(TestSrc.Description))
            && Plugin.RegisterElement(plugin, "testfilter", PlainElementImpl.Register<TestFilter>(TestFilter.Description)));
        return true;
    });

    /// <summary>Makes it ready, once.</summary>
    public static void Ensure() => Assert.True(Ready.Value);

    [LibraryImport("libglib-2.0.so.0", EntryPoint = "g_log_set_always_fatal")]
    private static partial int SetAlwaysFatal(int levels);
}
