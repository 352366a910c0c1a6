namespace Dubbing.Elements.Sts;

/// <summary>How far the exchange with the server is.</summary>
public enum StsState
{
    /// <summary>A connection is being opened.</summary>
    Connecting,

    /// <summary>Connected; the server has not confirmed the stream yet.</summary>
    Connected,

    /// <summary>The server confirmed the stream: fragments are sent.</summary>
    Ready,

    /// <summary>The connection was lost or refused; another attempt follows.</summary>
    Disconnected,

    /// <summary>Ended as asked. Final.</summary>
    Ended,

    /// <summary>The server refused for good (key or configuration). Final; every fragment falls back.</summary>
    Failed,
}
