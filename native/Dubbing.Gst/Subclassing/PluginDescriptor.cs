using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>A <c>GstPluginDesc</c> for a plugin that is a file of its own.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PluginDescriptor
{
    private int _major;
    private int _minor;
    private nint _name;
    private nint _description;
    private delegate* unmanaged[Cdecl]<nint, int> _init;
    private nint _version;
    private nint _license;
    private nint _source;
    private nint _package;
    private nint _origin;
    private nint _releaseDate;
    private nint _reserved0, _reserved1, _reserved2, _reserved3;

    /// <summary>Makes a description that lives as long as the process.</summary>
    /// <param name="name">The plugin's name, which the file's name must match.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="version">The plugin's version.</param>
    /// <param name="init">Registers the elements.</param>
    public static nint Create(string name, string description, string version, delegate* unmanaged[Cdecl]<nint, int> init)
    {
        var descriptor = (PluginDescriptor*)NativeMemory.AllocZeroed((nuint)sizeof(PluginDescriptor));
        *descriptor = new PluginDescriptor
        {
            _major = 1,
            _minor = 22,
            _name = GLib.Memory.Duplicate(name),
            _description = GLib.Memory.Duplicate(description),
            _init = init,
            _version = GLib.Memory.Duplicate(version),
            _license = GLib.Memory.Duplicate(Plugin.License),
            _source = GLib.Memory.Duplicate(name),
            _package = GLib.Memory.Duplicate(name),
            _origin = GLib.Memory.Duplicate(Plugin.Origin),
        };
        return (nint)descriptor;
    }
}
