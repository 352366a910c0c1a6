using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>A sink pad and the source pad that what it receives leaves by: events and queries pass in both directions.</summary>
internal sealed class PadPair
{
    /// <summary>Joins two pads.</summary>
    /// <param name="sink">Where data comes in.</param>
    /// <param name="source">Where it leaves.</param>
    /// <param name="onBuffer">Handles a buffer.</param>
    /// <param name="onEvent">Looks at a downstream event first; false if it has handled the event.</param>
    /// <param name="onQuery">Answers a query from downstream; false if upstream is to answer.</param>
    public PadPair(ElementPad sink, ElementPad source, Func<PadPair, Gst.Buffer, FlowReturn> onBuffer,
        Func<PadPair, Event, bool> onEvent, Func<Query, bool>? onQuery = null)
    {
        Sink = sink;
        Source = source;
        sink.SetChainFunction(buffer => onBuffer(this, buffer));
        sink.SetEventFunction(e => !onEvent(this, e) || source.PushEvent(e));
        sink.SetQueryFunction(source.PeerQuery);
        source.SetEventFunction(sink.PushEvent);
        source.SetQueryFunction(query => onQuery?.Invoke(query) == true || sink.PeerQuery(query));
    }

    /// <summary>Where data comes in.</summary>
    public ElementPad Sink { get; }

    /// <summary>Where it leaves.</summary>
    public ElementPad Source { get; }

    /// <summary>The segment of what comes in.</summary>
    public Segment Segment { get; set; } = Segment.Create(Format.Time);

    /// <summary>Buffers seen.</summary>
    public ulong Buffers { get; set; }

    /// <summary>Timestamp of the last buffer as it came, in ns.</summary>
    public long LastTimestamp { get; set; }

    /// <summary>How much later than the one before it that was, in ns, where timestamps ran on.</summary>
    public long LastStep { get; set; }

    /// <summary>Running time of the last buffer's DTS, in ns; null before the first.</summary>
    public long? LastTime { get; set; }

    /// <summary>What is added to this pad's timestamps, in ns; null before the first buffer.</summary>
    public long? Shift { get; set; }

    /// <summary>Running time of the last buffer that left, in ns; none before.</summary>
    public ulong LastRunningTime { get; set; } = Clock.TimeNone;

    /// <summary>Running time at which the last buffer came, in ns; none before.</summary>
    public ulong LastArrival { get; set; } = Clock.TimeNone;

    /// <summary>A flush has begun and is not over: nothing may wait.</summary>
    public bool IsFlushing { get; set; }

    /// <summary>Upstream has said that nothing more comes.</summary>
    public bool HasEnded { get; set; }

    /// <summary>It was reported that nothing comes.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Forgets what came: the stream begins anew.</summary>
    public void Reset()
    {
        (LastArrival, IsStopped, IsFlushing, HasEnded) = (Clock.TimeNone, false, false, false);
        (Buffers, LastTimestamp, LastStep, LastTime, Shift, LastRunningTime) = (0, 0, 0, null, null, Clock.TimeNone);
        Segment = Segment.Create(Format.Time);
    }
}
