using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gst.Subclassing;

namespace Gst.App;

/// <summary>What can be done with an <c>appsink</c> element.</summary>
public static unsafe partial class AppSink
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

    /// <summary>Hands each sample over in the streaming thread that brings it, instead of keeping it for <see cref="TryPullSample"/>.</summary>
    /// <param name="appsink">The element, not yet started.</param>
    /// <param name="newSample">Takes a sample, which is disposed afterwards; what it returns goes upstream. An exception becomes the
    /// element's error.</param>
    /// <param name="eos">Told, in a streaming thread too, that the stream ended. An exception becomes the element's error.</param>
    public static void SetCallbacks(Element appsink, Func<Sample, FlowReturn> newSample, Action eos)
    {
        var native = new NativeCallbacks { Eos = &OnEos, NewSample = &OnNewSample };
        SetNativeCallbacks(appsink, native, GCHandle.ToIntPtr(GCHandle.Alloc(new Callbacks(newSample, eos))), &Free);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static FlowReturn OnNewSample(nint appsink, nint data)
    {
        try
        {
            using var sample = TryPullIn(appsink, 0);
            return sample.IsInvalid ? FlowReturn.Flushing : Self(data).NewSample(sample);
        }
        catch (Exception failure)
        {
            ElementErrorExtensions.PostFailure(appsink, failure);
            return FlowReturn.Error;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnEos(nint appsink, nint data)
    {
        try
        {
            Self(data).Eos();
        }
        catch (Exception failure)
        {
            ElementErrorExtensions.PostFailure(appsink, failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint data) => GCHandle.FromIntPtr(data).Free();

    private static Callbacks Self(nint data) => (Callbacks)GCHandle.FromIntPtr(data).Target!;

    private sealed record Callbacks(Func<Sample, FlowReturn> NewSample, Action Eos);

    // GstAppSinkCallbacks; GStreamer uses what it reserves in later versions.
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeCallbacks
    {
        public delegate* unmanaged[Cdecl]<nint, nint, void> Eos;
        public nint NewPreroll;
        public delegate* unmanaged[Cdecl]<nint, nint, FlowReturn> NewSample;
        public nint Reserved0;
        public nint Reserved1;
        public nint Reserved2;
        public nint Reserved3;
    }

    [LibraryImport(Libraries.App, EntryPoint = "gst_app_sink_try_pull_sample")]
    private static partial Sample TryPull(Element appsink, ulong timeout);
    [LibraryImport(Libraries.App, EntryPoint = "gst_app_sink_try_pull_sample")]
    private static partial Sample TryPullIn(nint appsink, ulong timeout);
    [LibraryImport(Libraries.App, EntryPoint = "gst_app_sink_is_eos")]
    private static partial int GetIsEos(Element appsink);
    [LibraryImport(Libraries.App, EntryPoint = "gst_app_sink_set_callbacks")]
    private static partial void SetNativeCallbacks(
        Element appsink, in NativeCallbacks callbacks, nint data, delegate* unmanaged[Cdecl]<nint, void> notify);
}
