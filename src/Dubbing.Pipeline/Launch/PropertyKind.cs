namespace Dubbing.Pipeline;

/// <summary>How a property reads its value, which decides how a placeholder in it is escaped.</summary>
internal enum PropertyKind
{
    /// <summary>The text itself.</summary>
    Plain,

    /// <summary>Text that is parsed once more by gst-parse, e.g. splitmuxsink's <c>sink</c>.</summary>
    Description,

    /// <summary>A serialised caps or structure: there is no escaping that holds in every version, so only plain words go in.</summary>
    Structure,
}
