using System.Text.Json.Serialization.Metadata;

namespace Dubbing.Elements.Sts.Exchange;

/// <summary>One attempt to connect and what follows, as the exchange sees it. What happens reaches the exchange's
/// <see cref="IConnectionObserver"/>, never from inside a call.</summary>
internal interface IConnection
{
    /// <summary>The largest message that the server said it accepts; null if it did not say.</summary>
    long? MaxPayload { get; }

    /// <summary>When the first message came of which the observer has not been told yet; null: none waits.</summary>
    long? UnreadSince { get; }

    /// <summary>Begins to connect.</summary>
    void Open();

    /// <summary>Queues an event. False if the server takes so little that the queue is full.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="type">How to write it.</param>
    /// <param name="size">About how many bytes it makes.</param>
    /// <param name="written">Called on the session's loop when it was written.</param>
    bool Send<T>(string name, T payload, JsonTypeInfo<T> type, int size, Action? written = null);

    /// <summary>Ends the connection. <paramref name="flush"/>: after what is queued was written, within that time.</summary>
    void Close(TimeSpan flush);
}
