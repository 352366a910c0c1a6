namespace Gst;

/// <summary><c>GstStateChange</c>: one step between neighbouring states.</summary>
public enum StateChange
{
    /// <summary>NULL to READY.</summary>
    NullToReady = 10,
    /// <summary>READY to PAUSED.</summary>
    ReadyToPaused = 19,
    /// <summary>PAUSED to PLAYING.</summary>
    PausedToPlaying = 28,
    /// <summary>PLAYING to PAUSED.</summary>
    PlayingToPaused = 35,
    /// <summary>PAUSED to READY.</summary>
    PausedToReady = 26,
    /// <summary>READY to NULL.</summary>
    ReadyToNull = 17,
}
