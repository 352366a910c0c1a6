using System.Threading.Channels;

namespace Dubbing.Elements.Sts;

/// <summary>One connection to the server, from one attempt to connect to its end. A reconnect is a new instance.</summary>
/// <remarks>Members may be called from any thread, but only one <see cref="EmitAsync"/> at a time.</remarks>
public interface IStsTransport : IAsyncDisposable
{
    /// <summary>Connects. Completes when events can be sent.</summary>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="StsTransportException">It could not; the message says why, for the operator.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> came first.</exception>
    Task ConnectAsync(CancellationToken cancel);

    /// <summary>Writes one event to the connection.</summary>
    /// <param name="name">The event's name: letters, digits, colon, underscore.</param>
    /// <param name="payload">One JSON object in UTF-8; must stay as it is until the task completes.</param>
    /// <param name="cancel">Gives the write up, and the connection with it.</param>
    /// <exception cref="StsTransportException">The connection is closed.</exception>
    Task EmitAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancel);

    /// <summary>What the server sends, in order. The reader disposes each item. Completes when the connection is closed.</summary>
    ChannelReader<StsIncoming> Incoming { get; }

    /// <summary>Completes, never with an exception, when the connection is closed: the reason, for the operator.</summary>
    Task<string> Closed { get; }

    /// <summary>The largest message in bytes that the server said it accepts, if it said so.</summary>
    long? MaxPayload { get; }
}
