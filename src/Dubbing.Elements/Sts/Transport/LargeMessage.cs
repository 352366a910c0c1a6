using System.Globalization;
using System.Net.WebSockets;

namespace Dubbing.Elements.Sts;

/// <summary>
/// Remembers the last message that may have been too much for the server. A server with a smaller limit than ours drops the
/// connection without a word: python-socketio does so from 1,000,000 bytes on unless told otherwise, and does not always announce it.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LargeMessage
{
    /// <summary>The default limit of python-socketio and of Socket.IO's own server.</summary>
    public const int UsualLimit = 1_000_000;

    private int _last;
    private int _unanswered;

    /// <summary>A message begins to be sent.</summary>
    public void Sending(int bytes)
    {
        Volatile.Write(ref _last, bytes);
        if (bytes > UsualLimit)
            Volatile.Write(ref _unanswered, bytes);
    }

    /// <summary>The server sent an event: it has not choked on what was sent before.</summary>
    public void Answered() => Volatile.Write(ref _unanswered, 0);

    /// <summary>What the operator is told when the server now closes, to follow the reason; empty if size is not suspected.</summary>
    /// <param name="status">The status that the server closed with, if it gave one.</param>
    public string Suspicion(WebSocketCloseStatus? status)
    {
        int bytes = status == WebSocketCloseStatus.MessageTooBig ? Volatile.Read(ref _last) : Volatile.Read(ref _unanswered);
        return bytes == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $", right after a message of {bytes} bytes: the server seems to have a limit below that (the default of python-socketio is {UsualLimit}); raise its max_http_buffer_size");
    }
}
