using System.Runtime.InteropServices;
using GLib;

namespace Gst;

/// <summary>A <c>GstMessage</c> from a bus.</summary>
public sealed unsafe partial class Message : MiniObject
{
    internal Message(nint native, bool owned) : base(native, owned) { }

    /// <summary>A message for the application itself to put on a bus, e.g. to wake whoever waits there.</summary>
    public static Message NewApplication(Structure structure) => new(NewApplication(0, structure.Release()), true);

    /// <summary>What kind of message it is.</summary>
    public MessageType Type => *(MessageType*)(handle + 64);

    /// <summary>Name of the object that posted it; empty if none.</summary>
    public string SourceName => Object.NameOf(Source);

    /// <summary>Factory of the element that posted it; empty if it is no element.</summary>
    public string SourceFactory => Element.FactoryNameOf(Source);

    /// <summary>Whether <paramref name="instance"/> posted it.</summary>
    public bool IsFrom(GLib.Object instance) => Source == instance.Handle;

    /// <summary>The structure carried, borrowed: valid while the message is. Null if there is none.</summary>
    public Structure? Structure
    {
        get
        {
            var structure = GetStructure(this);
            return structure == 0 ? null : new Structure(structure, false);
        }
    }

    /// <summary>The error of an ERROR message and its debug text.</summary>
    public (GException Error, string? Debug) ParseError()
    {
        ParseError(this, out var error, out var debug);
        return (GException.Take(error)!, Memory.TakeString(debug));
    }

    /// <summary>The error of a WARNING message and its debug text.</summary>
    public (GException Error, string? Debug) ParseWarning()
    {
        ParseWarning(this, out var error, out var debug);
        return (GException.Take(error)!, Memory.TakeString(debug));
    }

    /// <summary>The states of a STATE_CHANGED message.</summary>
    public (State Old, State New, State Pending) ParseStateChanged()
    {
        ParseStateChanged(this, out var old, out var @new, out var pending);
        return (old, @new, pending);
    }

    private nint Source => *(nint*)(handle + 80);

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_get_structure")]
    private static partial nint GetStructure(Message message);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_parse_error")]
    private static partial void ParseError(Message message, out nint error, out nint debug);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_parse_warning")]
    private static partial void ParseWarning(Message message, out nint error, out nint debug);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_parse_state_changed")]
    private static partial void ParseStateChanged(Message message, out State old, out State @new, out State pending);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_new_application")]
    private static partial nint NewApplication(nint source, nint structure);
}
