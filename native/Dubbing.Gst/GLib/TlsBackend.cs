using System.Runtime.InteropServices;
using Gst;

namespace GLib;

/// <summary>GLib's TLS, which comes as a module of its own.</summary>
public static partial class TlsBackend
{
    /// <summary>Whether there is a module: without one every TLS connection of an element fails. The first call loads GLib's modules.</summary>
    public static bool SupportsTls => BackendSupportsTls(BackendGetDefault()) != 0;

    // Stays GLib's.
    [LibraryImport(Libraries.Gio, EntryPoint = "g_tls_backend_get_default")]
    private static partial nint BackendGetDefault();

    [LibraryImport(Libraries.Gio, EntryPoint = "g_tls_backend_supports_tls")]
    private static partial int BackendSupportsTls(nint backend);
}
