using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Gst;

/// <summary>Which streaming threads get a busy machine's processor first: those that hand packets to a sink, for they keep the output's time. The
/// others work ahead of it, or beside.</summary>
/// <remarks>A thread may become nicer (nice(2)), and without a right never less so. GStreamer takes its threads from a pool of GLib's, which gives them
/// out again and sets each to the niceness that the first pool was made with, or complains that it may not. So this needs <see cref="InitWithoutPool"/>.</remarks>
public static unsafe partial class StreamingThreads
{
    private const int Niceness = 9;
    private const int Nicest = 19;
    private const int StreamStatus = 1 << 13;
    private const int Enter = 1;
    private const int Pass = 1;
    private const uint SinkFlag = 1 << 5;

    private static volatile bool _pooled = true;

    /// <summary>Initialises GStreamer so that each of its tasks has a thread of its own, as nice as the one that starts it, which ends with it. Threads of
    /// GLib's pools, which look up names, say, are as nice as can be. For the whole process, in the place of <see cref="Application.Init"/>.</summary>
    /// <exception cref="GLib.GException">GStreamer can't be initialised.</exception>
    public static void InitWithoutPool()
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                _ = Nice(Nicest);
                Application.Init();
            }
            catch (GLib.GException e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        // GstTaskPoolClass.push, behind the parent's class, prepare and cleanup; what it returns is for join, which has nothing to do.
        ((delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, nint>, nint, nint*, nint>*)(RefClass(GetTaskPoolType()) + 184))[2] = &OnPush;
        _pooled = false;
    }

    /// <summary>Lets each streaming thread that a pipeline starts from now on be nicer by 9, unless its pad is linked with a sink. Threads that
    /// elements start by themselves, as those of RTMP connections, are as nice as who starts them. Takes the place of the bus's synchronous handler; does
    /// nothing where threads are pooled.</summary>
    public static void PutSinksFirst(Bus bus)
    {
        if (!_pooled)
            SetSyncHandler(bus, &OnMessage, 0, 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnPush(nint pool, delegate* unmanaged[Cdecl]<nint, nint> function, nint data, nint* error)
    {
        var thread = NewThread("task", function, data, error);
        if (thread != 0)
            UnrefThread(thread);
        return 0;
    }

    // In the thread that posts the message. Nothing in here throws.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnMessage(nint bus, nint message, nint data)
    {
        if (*(int*)(message + 64) == StreamStatus)
        {
            ParseStreamStatus(message, out var status, out _);
            if (status == Enter && !FeedsSink(*(nint*)(message + 80)))
                _ = Nice(Niceness);
        }
        return Pass;
    }

    private static bool FeedsSink(nint source)
    {
        if (IsA(source, GetPadType()) == 0)
            return false;
        var peer = GetPeer(source);
        var element = peer == 0 ? 0 : GetParentElement(peer);
        // GST_OBJECT_FLAGS.
        var feeds = element != 0 && (*(uint*)(element + 48) & SinkFlag) != 0;
        if (element != 0)
            Unref(element);
        if (peer != 0)
            Unref(peer);
        return feeds;
    }

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_class_ref")]
    private static partial nint RefClass(nuint type);
    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_check_instance_is_a")]
    private static partial int IsA(nint instance, nuint type);
    [LibraryImport(Libraries.GLib, EntryPoint = "g_thread_try_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewThread(string name, delegate* unmanaged[Cdecl]<nint, nint> function, nint data, nint* error);
    [LibraryImport(Libraries.GLib, EntryPoint = "g_thread_unref")]
    private static partial void UnrefThread(nint thread);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_task_pool_get_type")]
    private static partial nuint GetTaskPoolType();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bus_set_sync_handler")]
    private static partial void SetSyncHandler(Bus bus, delegate* unmanaged[Cdecl]<nint, nint, nint, int> handler, nint data, nint notify);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_parse_stream_status")]
    private static partial void ParseStreamStatus(nint message, out int status, out nint owner);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_get_type")]
    private static partial nuint GetPadType();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_get_peer")]
    private static partial nint GetPeer(nint pad);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_get_parent_element")]
    private static partial nint GetParentElement(nint pad);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_object_unref")]
    private static partial void Unref(nint instance);
    [LibraryImport(Libraries.C, EntryPoint = "nice")]
    private static partial int Nice(int increment);
}
