using System.Runtime.InteropServices;

namespace Dubbing.Pipeline.Tests.Running;

/// <summary>What a source says when it has told all its tracks, which the binding has no need for.</summary>
internal static partial class TrackSignal
{
    /// <summary>Has it say so now.</summary>
    public static void NoMorePads(Gst.Element source) => Emit(source.Handle, "no-more-pads");

    [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_signal_emit_by_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void Emit(nint instance, string signal);
}
