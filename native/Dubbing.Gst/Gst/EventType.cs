namespace Gst;

/// <summary><c>GstEventType</c>: the ones that are used.</summary>
public enum EventType
{
    /// <summary>Flush starts.</summary>
    FlushStart = 2563,
    /// <summary>Flush is over.</summary>
    FlushStop = 5127,
    /// <summary>A stream begins.</summary>
    StreamStart = 10254,
    /// <summary>The caps of the following buffers.</summary>
    Caps = 12814,
    /// <summary>The segment of the following buffers.</summary>
    Segment = 17934,
    /// <summary>End of stream.</summary>
    Eos = 28174,
    /// <summary>A gap in the data.</summary>
    Gap = 40966,
    /// <summary>An application's own event, which a pad keeps for who is linked later.</summary>
    CustomDownstreamSticky = 84510,
    /// <summary>The latency that the pipeline was configured with (upstream).</summary>
    Latency = 56321,
}
