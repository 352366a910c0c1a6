namespace Gst;

/// <summary><c>GstFormat</c>.</summary>
public enum Format
{
    /// <summary>Not defined.</summary>
    Undefined = 0,
    /// <summary>The element's default.</summary>
    Default = 1,
    /// <summary>Bytes.</summary>
    Bytes = 2,
    /// <summary>Nanoseconds.</summary>
    Time = 3,
}
