using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstBus</c>: the way of messages from a pipeline's threads to its owner.</summary>
public sealed partial class Bus : Object
{
    /// <summary>For the marshaller.</summary>
    public Bus() { }

    /// <summary>Takes the next message of the wanted types; others before it are dropped.</summary>
    /// <param name="timeout">ns to wait; <see cref="Clock.TimeNone"/> waits for ever.</param>
    /// <param name="types">The wanted types.</param>
    /// <returns>The message, the caller's to dispose, or null when the time is over.</returns>
    public Message? TimedPopFiltered(ulong timeout, MessageType types)
    {
        var message = TimedPopFiltered(this, timeout, types);
        return message == 0 ? null : new Message(message, true);
    }

    /// <summary>Posts a message; takes it over.</summary>
    public bool Post(Message message) => Post(this, message.Release()) != 0;

    /// <summary>While flushing, the bus drops every message.</summary>
    public void SetFlushing(bool flushing) => SetFlushing(this, flushing ? 1 : 0);

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bus_timed_pop_filtered")]
    private static partial nint TimedPopFiltered(Bus bus, ulong timeout, MessageType types);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bus_post")]
    private static partial int Post(Bus bus, nint message);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_bus_set_flushing")]
    private static partial void SetFlushing(Bus bus, int flushing);
}
