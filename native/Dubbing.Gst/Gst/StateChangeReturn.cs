namespace Gst;

/// <summary><c>GstStateChangeReturn</c>.</summary>
public enum StateChangeReturn
{
    /// <summary>The change failed.</summary>
    Failure,
    /// <summary>Done.</summary>
    Success,
    /// <summary>Goes on in the background.</summary>
    Async,
    /// <summary>Done, and a live source gives no data in PAUSED.</summary>
    NoPreroll,
}
