namespace Gst.Subclassing;

/// <summary>When a property may be read and set (<c>GParamFlags</c> with GStreamer's additions).</summary>
[Flags]
public enum PropertyFlags : uint
{
    /// <summary>Can be read.</summary>
    Readable = 1,
    /// <summary>Can be set.</summary>
    Writable = 2,
    /// <summary>Can be read, and set in NULL and READY: above READY it stays as it is, with a warning in the log.</summary>
    MutableReady = Readable | Writable | 1 << 10,
    /// <summary>Can be read, and set in any state.</summary>
    MutablePlaying = Readable | Writable | 1 << 12,
}
