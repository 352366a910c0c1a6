using System.Net;
using System.Net.Sockets;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>Waits for servers that don't say when they are ready.</summary>
internal static class Listening
{
    /// <summary>Returns when every port on 127.0.0.1 accepts a connection.</summary>
    /// <exception cref="TimeoutException">One does not in time.</exception>
    /// <exception cref="InvalidOperationException">The process ended.</exception>
    public static async Task Wait(ChildProcess process, IEnumerable<int> ports, TimeSpan timeout)
    {
        var silent = new Queue<int>(ports);
        await Poll.Until(async () =>
        {
            while (silent.TryPeek(out var port) && await Accepts(port))
                silent.Dequeue();
            if (silent.Count > 0 && process.Exited.IsCompleted)
                throw new InvalidOperationException($"{process.Name} ended with code {await process.Exited}.{process.Tail()}");
            return silent.Count == 0;
        }, timeout, () => $"{process.Name} does not listen on port {silent.Peek()}.{process.Tail()}");
    }

    private static async Task<bool> Accepts(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
