namespace Gst.Subclassing;

/// <summary>The behaviour of a <c>GstElement</c> with pads of its own that is written in C#.</summary>
public abstract class PlainElementImpl : ElementImpl
{
    /// <summary>Registers an element class made of <typeparamref name="T"/>.</summary>
    public static GLib.GType Register<T>(ElementDescription description) where T : PlainElementImpl, new() =>
        ElementClass.Register(
            description, new GLib.GType(Element.ElementGetType()), NativeElementClass.ClassSize, static () => new T(), _ => { });
}
