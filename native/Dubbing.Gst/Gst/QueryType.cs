namespace Gst;

/// <summary><c>GstQueryType</c>: the ones that are used.</summary>
public enum QueryType
{
    /// <summary>Live latency.</summary>
    Latency = 7683,
    /// <summary>Whether seeking is possible.</summary>
    Seeking = 15363,
    /// <summary>The formats understood.</summary>
    Formats = 23043,
}
