using System.Runtime.InteropServices;
using GLib;

namespace Gst;

/// <summary>The GStreamer library of this process.</summary>
public static partial class Application
{
    private static readonly Lock InitLock = new();
    private static bool _initialised;

    /// <summary>Initialises GStreamer. May be called more than once and from any thread.</summary>
    /// <exception cref="GException">GStreamer can't be initialised.</exception>
    public static void Init()
    {
        lock (InitLock)
        {
            if (_initialised)
                return;
            if (InitCheck(0, 0, out var error) == 0)
                throw GException.Take(error) ?? throw new InvalidOperationException("gst_init_check failed without a reason");
            _initialised = true;
        }
    }

    /// <summary>The version of the library that is loaded, e.g. 1.22.0.</summary>
    public static Version Version
    {
        get
        {
            GetVersion(out var major, out var minor, out var micro, out _);
            return new Version((int)major, (int)minor, (int)micro);
        }
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_init_check")]
    private static partial int InitCheck(nint argc, nint argv, out nint error);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_version")]
    private static partial void GetVersion(out uint major, out uint minor, out uint micro, out uint nano);
}
