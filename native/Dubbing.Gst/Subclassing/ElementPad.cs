using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>A pad of an element that is written in C#, with its pad functions. The element owns the pad and this object, which
/// is found through the pad's <c>element_private</c>.</summary>
public sealed unsafe partial class ElementPad
{
    private readonly GCHandle _self;
    private Func<Buffer, FlowReturn>? _chain;
    private Func<Event, bool>? _event;
    private Func<Query, bool>? _query;

    internal ElementPad(nint native)
    {
        Native = native;
        _self = GCHandle.Alloc(this);
        SetPrivate(native, GCHandle.ToIntPtr(_self));
    }

    /// <summary>The native pad (borrowed from the element).</summary>
    public nint Native { get; }

    /// <summary>The pad's name.</summary>
    public string Name => Object.NameOf(Native);

    /// <summary>Handles each buffer; it is disposed afterwards unless pushed on. Exceptions become an element error.</summary>
    public void SetChainFunction(Func<Buffer, FlowReturn> chain)
    {
        _chain = chain;
        SetChain(Native, &OnChain, 0, 0);
    }

    /// <summary>Handles each event; it is disposed afterwards unless pushed on.</summary>
    public void SetEventFunction(Func<Event, bool> handler)
    {
        _event = handler;
        SetEvent(Native, &OnEvent, 0, 0);
    }

    /// <summary>Answers queries.</summary>
    public void SetQueryFunction(Func<Query, bool> handler)
    {
        _query = handler;
        SetQuery(Native, &OnQuery, 0, 0);
    }

    /// <summary>Pushes a buffer to the peer; takes it over.</summary>
    public FlowReturn Push(Buffer buffer) => Push(Native, buffer.Release());

    /// <summary>Pushes an event to the peer, upstream from a sink pad; takes it over.</summary>
    public bool PushEvent(Event @event) => PushEvent(Native, @event.Release()) != 0;

    /// <summary>Asks the peer.</summary>
    public bool PeerQuery(Query query) => PeerQuery(Native, query) != 0;

    internal void Free() => _self.Free();

    private static ElementPad Self(nint pad) => (ElementPad)GCHandle.FromIntPtr(GetPrivate(pad)).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static FlowReturn OnChain(nint pad, nint parent, nint buffer)
    {
        using var owned = new Buffer(buffer, true);
        try
        {
            return Self(pad)._chain!(owned);
        }
        catch (Exception failure)
        {
            ElementClass.ImplOf(parent).PostFailure(failure);
            return FlowReturn.Error;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnEvent(nint pad, nint parent, nint @event)
    {
        using var owned = new Event(@event, true);
        try
        {
            return Self(pad)._event!(owned) ? 1 : 0;
        }
        catch (Exception failure)
        {
            ElementClass.ImplOf(parent).PostFailure(failure);
            return 0;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnQuery(nint pad, nint parent, nint query)
    {
        try
        {
            using var borrowed = new Query(query, false);
            return Self(pad)._query!(borrowed) ? 1 : 0;
        }
        catch (Exception failure)
        {
            ElementClass.ImplOf(parent).PostFailure(failure);
            return 0;
        }
    }

    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_set_element_private")]
    private static partial void SetPrivate(nint pad, nint data);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_get_element_private")]
    private static partial nint GetPrivate(nint pad);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_set_chain_function_full")]
    private static partial void SetChain(
        nint pad, delegate* unmanaged[Cdecl]<nint, nint, nint, FlowReturn> function, nint data, nint destroy);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_set_event_function_full")]
    private static partial void SetEvent(
        nint pad, delegate* unmanaged[Cdecl]<nint, nint, nint, int> function, nint data, nint destroy);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_set_query_function_full")]
    private static partial void SetQuery(
        nint pad, delegate* unmanaged[Cdecl]<nint, nint, nint, int> function, nint data, nint destroy);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_push")]
    private static partial FlowReturn Push(nint pad, nint buffer);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_push_event")]
    private static partial int PushEvent(nint pad, nint @event);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_peer_query")]
    private static partial int PeerQuery(nint pad, Query query);
}
