namespace Gst;

/// <summary>The shared objects that the binding imports from, by the names their ABI guarantees.</summary>
internal static class Libraries
{
    public const string GLib = "libglib-2.0.so.0";
    public const string GObject = "libgobject-2.0.so.0";
    public const string Gio = "libgio-2.0.so.0";
    public const string Gst = "libgstreamer-1.0.so.0";
    public const string Base = "libgstbase-1.0.so.0";
    public const string App = "libgstapp-1.0.so.0";
    public const string C = "libc.so.6";
}
