using System.Runtime.InteropServices;

namespace Gst;

/// <summary>A <c>GstElement</c>.</summary>
public partial class Element : Object
{
    /// <summary>For the marshaller.</summary>
    public Element() { }

    internal Element(nint owned) : base(owned) { }

    /// <summary>Asks for a state; an asynchronous change goes on in the background.</summary>
    public StateChangeReturn SetState(State state) => SetState(this, state);

    /// <summary>Waits for a pending state change.</summary>
    /// <param name="state">The state reached.</param>
    /// <param name="pending">The state still to be reached.</param>
    /// <param name="timeout">ns; <see cref="Clock.TimeNone"/> waits for ever.</param>
    public StateChangeReturn GetState(out State state, out State pending, ulong timeout) =>
        GetState(this, out state, out pending, timeout);

    /// <summary>The bus that the element posts on; null outside a pipeline.</summary>
    public Bus? Bus
    {
        get
        {
            var bus = GetBus(this);
            return bus.IsInvalid ? null : bus;
        }
    }

    /// <summary>The element's clock; null before PLAYING.</summary>
    public Clock? Clock
    {
        get
        {
            var clock = GetClock(this);
            return clock.IsInvalid ? null : clock;
        }
    }

    /// <summary>The clock time at running time 0, in ns.</summary>
    public ulong BaseTime => GetBaseTime(this);

    /// <summary>Sends an event into the element; takes the event over.</summary>
    public bool SendEvent(Event @event) => SendEvent(this, @event.Release()) != 0;

    /// <summary>The pad of that name, if the element has it.</summary>
    public Pad? GetStaticPad(string name)
    {
        var pad = GetStaticPad(this, name);
        return pad.IsInvalid ? null : pad;
    }

    /// <summary>The LATENCY query.</summary>
    /// <returns>Whether the element is live, and its minimum and maximum latency in ns; null if it does not answer.</returns>
    public (bool Live, ulong Min, ulong Max)? QueryLatency()
    {
        using var query = Query.NewLatency();
        if (RunQuery(this, query) == 0)
            return null;
        return query.ParseLatency();
    }

    /// <summary>Links this element to the next, by caps.</summary>
    public bool Link(Element next) => LinkElements(this, next) != 0;

    /// <summary>The name of the factory that made the element; empty if it has none.</summary>
    public string FactoryName => FactoryNameOf(handle);

    internal static string FactoryNameOf(nint element)
    {
        var factory = element == 0 || IsElement(element) == 0 ? 0 : GetFactory(element);
        return factory == 0 ? "" : Object.NameOf(factory);
    }

    private static int IsElement(nint native) => TypeCheck(native, ElementGetType());

    [LibraryImport(Libraries.GObject, EntryPoint = "g_type_check_instance_is_a")]
    private static partial int TypeCheck(nint instance, nuint type);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_type")]
    internal static partial nuint ElementGetType();
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_factory")]
    private static partial nint GetFactory(nint element);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_set_state")]
    private static partial StateChangeReturn SetState(Element element, State state);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_state")]
    private static partial StateChangeReturn GetState(Element element, out State state, out State pending, ulong timeout);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_bus")]
    private static partial Bus GetBus(Element element);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_clock")]
    private static partial Clock GetClock(Element element);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_base_time")]
    private static partial ulong GetBaseTime(Element element);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_send_event")]
    private static partial int SendEvent(Element element, nint @event);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_static_pad", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Pad GetStaticPad(Element element, string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_query")]
    private static partial int RunQuery(Element element, Query query);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_link")]
    private static partial int LinkElements(Element source, Element target);
}
