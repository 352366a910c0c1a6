namespace Gst.Subclassing;

/// <summary>Everything that makes an element class, apart from its behaviour.</summary>
/// <param name="TypeName">Name of the GObject type, e.g. <c>GstStsSink</c>.</param>
/// <param name="Metadata">What people are told.</param>
/// <param name="Pads">Its pad templates.</param>
/// <param name="Properties">Its properties.</param>
public sealed record ElementDescription(
    string TypeName, ElementMetadata Metadata, IReadOnlyList<PadTemplateSpec> Pads, IReadOnlyList<PropertySpec> Properties);
