namespace Gst;

/// <summary><c>GstPadDirection</c>.</summary>
public enum PadDirection
{
    /// <summary>Not known.</summary>
    Unknown,
    /// <summary>Data comes out.</summary>
    Src,
    /// <summary>Data goes in.</summary>
    Sink,
}
