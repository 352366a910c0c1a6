namespace Gst;

/// <summary><c>GstFlowReturn</c>.</summary>
public enum FlowReturn
{
    /// <summary>Data passing was ok.</summary>
    Ok = 0,
    /// <summary>The pad is not linked.</summary>
    NotLinked = -1,
    /// <summary>The pad is flushing.</summary>
    Flushing = -2,
    /// <summary>The pad is at end of stream.</summary>
    Eos = -3,
    /// <summary>Caps were not negotiated.</summary>
    NotNegotiated = -4,
    /// <summary>A fatal error, posted by the element that returns it.</summary>
    Error = -5,
}
