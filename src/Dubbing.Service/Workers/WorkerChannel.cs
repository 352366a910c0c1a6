using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;

namespace Dubbing.Service.Workers;

/// <summary>Messages over a Unix socket: four bytes of length, little endian, then JSON. Sending is thread-safe; one thread receives.</summary>
/// <param name="socket">The connection; closed with this.</param>
internal sealed class WorkerChannel(Socket socket) : IDisposable
{
    // A graph may be a megabyte.
    private const int Most = 64 * 1024 * 1024;
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly Lock _sending = new();

    /// <summary>Sends a message.</summary>
    /// <exception cref="IOException">The other side is gone, or takes nothing for longer than the socket's send timeout.</exception>
    public void Send(WorkerMessage message)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, WorkerJson.Message);
        var packet = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(packet, json.Length);
        json.CopyTo(packet, sizeof(int));
        lock (_sending) _stream.Write(packet);
    }

    /// <summary>Waits for the next message; null: the other side has closed, or is gone.</summary>
    /// <exception cref="JsonException">It is no message.</exception>
    /// <exception cref="InvalidDataException">It is longer than any message.</exception>
    public async Task<WorkerMessage?> ReceiveAsync()
    {
        try
        {
            var head = new byte[sizeof(int)];
            await _stream.ReadExactlyAsync(head);
            var length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 0 or > Most) throw new InvalidDataException($"a message of {length} bytes");
            var json = new byte[length];
            await _stream.ReadExactlyAsync(json);
            return JsonSerializer.Deserialize(json, WorkerJson.Message) ?? throw new JsonException("null is no message");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stream.Dispose();
}
