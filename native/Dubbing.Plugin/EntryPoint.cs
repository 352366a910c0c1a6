using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dubbing.Elements;
using Gst.Subclassing;

namespace Dubbing.Plugin;

/// <summary>What GStreamer calls when it loads <c>libgstdubbing.so</c>.</summary>
public static unsafe class EntryPoint
{
    // GStreamer keeps the description for as long as the process lives.
    private static readonly nint Descriptor = PluginDescriptor.Create(
        DubbingPlugin.Name, DubbingPlugin.Description, DubbingPlugin.Version, &OnInit);

    /// <summary>The plugin's description.</summary>
    [UnmanagedCallersOnly(EntryPoint = "gst_plugin_dubbing_get_desc", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetDescription() => Descriptor;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnInit(nint plugin)
    {
        try
        {
            return DubbingPlugin.RegisterElements(plugin) ? 1 : 0;
        }
        catch (Exception failure)
        {
            // GStreamer's log may not be there yet, and an exception must not cross into it.
            Console.Error.WriteLine($"libgstdubbing: the elements can't be registered: {failure.Message}");
            return 0;
        }
    }
}
