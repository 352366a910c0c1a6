namespace Gst.Subclassing;

/// <summary>What <c>gst-inspect-1.0</c> says of an element class.</summary>
/// <param name="LongName">The element in a few words.</param>
/// <param name="Classification">GStreamer's klass, e.g. <c>Source/Audio/Network</c>.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Author">Who made it.</param>
public sealed record ElementMetadata(string LongName, string Classification, string Description, string Author);
