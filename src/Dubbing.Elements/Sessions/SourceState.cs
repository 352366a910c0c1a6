namespace Dubbing.Elements.Sessions;

/// <summary>How far a source's exchange with the STS server is.</summary>
public enum SourceState
{
    /// <summary>There is none: below READY, or the source has left a session that goes on.</summary>
    Idle,

    /// <summary>A connection is being opened.</summary>
    Connecting,

    /// <summary>Connected; the server has not confirmed the stream yet.</summary>
    Connected,

    /// <summary>The server confirmed the stream: fragments are sent.</summary>
    Ready,

    /// <summary>The connection was lost or refused; another attempt follows.</summary>
    Disconnected,

    /// <summary>The stream is over.</summary>
    Ended,

    /// <summary>The server refused for good: every fragment falls back.</summary>
    Failed,
}
