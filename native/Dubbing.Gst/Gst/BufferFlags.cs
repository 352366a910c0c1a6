namespace Gst;

/// <summary><c>GstBufferFlags</c>: the ones that are used.</summary>
[Flags]
public enum BufferFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>The data is not contiguous with what came before.</summary>
    Discont = 64,
    /// <summary>The buffer belongs to the stream's header.</summary>
    Header = 1024,
    /// <summary>Neutral data: silence.</summary>
    Gap = 2048,
    /// <summary>Can't be decoded on its own: not a key frame.</summary>
    DeltaUnit = 8192,
}
