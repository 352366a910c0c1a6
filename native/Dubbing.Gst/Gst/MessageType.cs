namespace Gst;

/// <summary><c>GstMessageType</c>: the ones that are used.</summary>
[Flags]
public enum MessageType : uint
{
    /// <summary>End of stream reached by all sinks.</summary>
    Eos = 1 << 0,
    /// <summary>An error: data flow has stopped.</summary>
    Error = 1 << 1,
    /// <summary>A warning.</summary>
    Warning = 1 << 2,
    /// <summary>An information.</summary>
    Info = 1 << 3,
    /// <summary>An element changed state.</summary>
    StateChanged = 1 << 6,
    /// <summary>An element-specific structure.</summary>
    Element = 1 << 15,
    /// <summary>An element's latency changed: recalculate.</summary>
    Latency = 1 << 19,
    /// <summary>Asynchronous state change done.</summary>
    AsyncDone = 1 << 21,
    /// <summary>Any message.</summary>
    Any = 0xffffffff,
}
