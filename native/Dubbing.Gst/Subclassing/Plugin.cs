using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GLib;

namespace Gst.Subclassing;

/// <summary>A GStreamer plugin whose elements are written in C#.</summary>
public static unsafe partial class Plugin
{
    internal const string License = "MIT/X11";
    internal const string Origin = "https://github.com/dubbing/dubbing";

    private static Func<nint, bool>? _init;

    /// <summary>Registers a plugin that is part of this process, not of a file. Once per name.</summary>
    /// <param name="name">The plugin's name.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="version">Its version.</param>
    /// <param name="init">Registers the elements with the native plugin it is given.</param>
    /// <exception cref="InvalidOperationException">GStreamer refused the plugin.</exception>
    public static void RegisterStatic(string name, string description, string version, Func<nint, bool> init)
    {
        _init = init;
        if (RegisterStatic(1, 22, name, description, &OnInit, version, License, name, name, Origin) == 0)
            throw new InvalidOperationException($"GStreamer refused the plugin '{name}'");
    }

    /// <summary>The file of the plugin of that name which GStreamer found when it was initialised; null for none, or one without a file.</summary>
    public static string? FileOf(string name)
    {
        var plugin = Find(Registry(), name);
        if (plugin == 0)
            return null;
        var file = Memory.PtrToString(FileName(plugin));
        Unref(plugin);
        return file;
    }

    /// <summary>Registers an element's factory.</summary>
    /// <param name="plugin">The native plugin.</param>
    /// <param name="name">The factory's name.</param>
    /// <param name="type">The element's class.</param>
    public static bool RegisterElement(nint plugin, string name, GType type) => RegisterElement(plugin, name, 0, type.Value) != 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnInit(nint plugin)
    {
        try
        {
            return _init!(plugin) ? 1 : 0;
        }
        catch (Exception failure)
        {
            DebugCategory.Default.Error($"the plugin can't be initialised: {failure}");
            return 0;
        }
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_plugin_register_static", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RegisterStatic(int major, int minor, string name, string description,
        delegate* unmanaged[Cdecl]<nint, int> init, string version, string license, string source, string package, string origin);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_registry_get")]
    private static partial nint Registry();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_registry_find_plugin", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Find(nint registry, string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_plugin_get_filename")]
    private static partial nint FileName(nint plugin);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_object_unref")]
    private static partial void Unref(nint instance);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_register", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RegisterElement(nint plugin, string name, uint rank, nuint type);
}
