using System.Runtime.InteropServices;

namespace Gst.Subclassing;

/// <summary>The behaviour of an element that is written in C#. The native instance owns this object: it is made with it and
/// dropped with it.</summary>
public abstract unsafe partial class ElementImpl
{
    private readonly List<ElementPad> _pads = [];
    private nint _parentClass;

    /// <summary>The native element (borrowed: valid while this object's callbacks run and until <see cref="OnFinalize"/>).</summary>
    protected nint Native { get; private set; }

    /// <summary>Where the element logs.</summary>
    public abstract DebugCategory Debug { get; }

    /// <summary>The element's name.</summary>
    protected string Name => Object.NameOf(Native);

    /// <summary>The state that the element is in, the old one during a change.</summary>
    protected internal State State
    {
        get
        {
            _ = GetState(Native, out var state, 0, 0);
            return state;
        }
    }

    /// <summary>The parent class's struct, to chain up to.</summary>
    protected nint ParentClass => _parentClass;

    internal void Initialise(nint native, nint parentClass)
    {
        Native = native;
        _parentClass = parentClass;
        OnInitialise();
    }

    /// <summary>The native instance has been made; add pads and set defaults here.</summary>
    protected virtual void OnInitialise() { }

    /// <summary>The native instance is going away.</summary>
    protected virtual void OnFinalize() { }

    internal void Terminate()
    {
        OnFinalize();
        foreach (var pad in _pads)
            pad.Free();
    }

    /// <summary>A step between two neighbouring states. An override does its work around a call of this.</summary>
    protected internal virtual StateChangeReturn ChangeState(StateChange transition) =>
        ((NativeElementClass*)_parentClass)->ChangeState(Native, transition);

    /// <summary>Keeps the native element alive for work that goes on beside it, until the result is disposed.</summary>
    protected IDisposable Hold() => new Object(GLib.Object.Ref(Native));

    /// <summary>The pipeline's running time now, in ns.</summary>
    /// <returns>Null when the element has no clock (before PLAYING).</returns>
    protected ulong? RunningTime
    {
        get
        {
            var clock = GetClock(Native);
            if (clock == 0)
                return null;
            var now = GetTime(clock);
            GLib.Object.Unref(clock);
            var baseTime = GetBaseTime(Native);
            return now > baseTime ? now - baseTime : 0;
        }
    }

    /// <summary>Posts an ELEMENT message, which is also logged at DEBUG; takes the structure over. Any thread.</summary>
    protected void PostElementMessage(Structure structure)
    {
        if (Debug.IsDebugEnabled)
            Debug.Debug(structure.ToString(), Native);
        _ = PostMessage(Native, NewElementMessage(Native, structure.Release()));
    }

    /// <summary>Tells whoever listens that a property has another value. Any thread; listeners run on it.</summary>
    protected void Notify(string property) => NotifyProperty(Native, property);

    /// <summary>Posts a LATENCY message: the pipeline must ask for the latency anew. Any thread.</summary>
    protected void PostLatency() => _ = PostMessage(Native, NewLatencyMessage(Native));

    /// <summary>Posts an ERROR message: the pipeline can't go on. Any thread.</summary>
    /// <param name="error">Domain and code.</param>
    /// <param name="text">What failed and what to do, for people.</param>
    /// <param name="debug">Detail.</param>
    protected void PostError(ElementError error, string text, string? debug = null) =>
        error.Post(Native, MessageType.Error, text, debug);

    /// <summary>Posts a WARNING message. Any thread.</summary>
    protected void PostWarning(ElementError error, string text, string? debug = null) =>
        error.Post(Native, MessageType.Warning, text, debug);

    /// <summary>The error that an exception becomes at the border to native code.</summary>
    internal void PostFailure(Exception failure) => ElementErrorExtensions.PostFailure(Native, failure);

    /// <summary>Makes a pad from the template of that name and adds it to the element.</summary>
    /// <param name="template">The template's name.</param>
    /// <param name="name">The pad's name.</param>
    /// <returns>The pad; the element holds it too.</returns>
    protected ElementPad AddPad(string template, string name)
    {
        var pad = NewFromTemplate(GetPadTemplate(Native, template), name);
        var result = new ElementPad(pad);
        _pads.Add(result);
        _ = AddNativePad(Native, pad);
        return result;
    }

    [LibraryImport(Libraries.GObject, EntryPoint = "g_object_notify", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void NotifyProperty(nint element, string property);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_state")]
    private static partial StateChangeReturn GetState(nint element, out State state, nint pending, ulong timeout);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_clock")]
    private static partial nint GetClock(nint element);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_clock_get_time")]
    private static partial ulong GetTime(nint clock);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_base_time")]
    private static partial ulong GetBaseTime(nint element);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_post_message")]
    private static partial int PostMessage(nint element, nint message);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_new_element")]
    private static partial nint NewElementMessage(nint source, nint structure);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_message_new_latency")]
    private static partial nint NewLatencyMessage(nint source);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_get_pad_template", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetPadTemplate(nint element, string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_pad_new_from_template", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewFromTemplate(nint template, string name);
    [LibraryImport(Libraries.Gst, EntryPoint = "gst_element_add_pad")]
    private static partial int AddNativePad(nint element, nint pad);
}
