namespace Dubbing.Testing.Servers;

/// <summary>The last that is heard of a connection.</summary>
public enum SilentFrom
{
    /// <summary>Nothing is held back.</summary>
    Never,

    /// <summary>It is accepted, and the server never hears of it.</summary>
    Accept,

    /// <summary>The head of the server's HTTP answer passes: a WebSocket opens, and that is all.</summary>
    HttpAnswer,
}
