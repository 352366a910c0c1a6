using System.Runtime.InteropServices;
using Gst;

namespace GLib;

/// <summary>A <c>GError</c>.</summary>
public sealed partial class GException : Exception
{
    private GException(string message, string domain, int code) : base(message)
    {
        Domain = domain;
        Code = code;
    }

    /// <summary>The error domain, e.g. <c>gst-parse-error</c>.</summary>
    public string Domain { get; }

    /// <summary>The code within the domain.</summary>
    public int Code { get; }

    /// <summary>Takes a <c>GError*</c> that the caller owns; null for a null pointer.</summary>
    internal static unsafe GException? Take(nint error)
    {
        if (error == 0)
            return null;
        var native = (NativeError*)error;
        var exception = new GException(
            Memory.PtrToString(native->Message) ?? "unknown error",
            Memory.PtrToString(QuarkToString(native->Domain)) ?? "",
            native->Code);
        ErrorFree(error);
        return exception;
    }

    private struct NativeError
    {
        public uint Domain;
        public int Code;
        public nint Message;
    }

    [LibraryImport(Libraries.GLib, EntryPoint = "g_error_free")]
    private static partial void ErrorFree(nint error);

    [LibraryImport(Libraries.GLib, EntryPoint = "g_quark_to_string")]
    private static partial nint QuarkToString(uint quark);
}
