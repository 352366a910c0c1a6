using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <summary>Hears of connections, on the session's loop.</summary>
internal interface IConnectionObserver
{
    /// <summary>Events can be sent.</summary>
    void OnConnected(IConnection connection);

    /// <summary>Something came.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="message">The message; null if it could not be read.</param>
    /// <param name="faults">What was wrong with it.</param>
    /// <param name="receivedAt">Timestamp of the receipt.</param>
    void OnReceived(IConnection connection, string name, ServerMessage? message, IReadOnlyList<string> faults, long receivedAt);

    /// <summary>The connection has ended, or could not be made.</summary>
    void OnClosed(IConnection connection, string reason, bool authenticationRefused);
}
