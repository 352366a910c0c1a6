namespace Gst;

/// <summary><c>GstState</c>.</summary>
public enum State
{
    /// <summary>No state change pending.</summary>
    VoidPending,
    /// <summary>No resources held.</summary>
    Null,
    /// <summary>Resources allocated.</summary>
    Ready,
    /// <summary>Streams open, clock not running.</summary>
    Paused,
    /// <summary>Clock running.</summary>
    Playing,
}
