using System.Diagnostics;
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
        var clock = Stopwatch.StartNew();
        foreach (var port in ports)
        {
            while (!await Accepts(port))
            {
                if (process.Exited.IsCompleted)
                    throw new InvalidOperationException($"{process.Name} ended with code {await process.Exited}.{process.Tail()}");
                if (clock.Elapsed > timeout)
                    throw new TimeoutException($"{process.Name} does not listen on port {port} after {timeout.TotalSeconds:0.#} s.{process.Tail()}");
                await Task.Delay(20);
            }
        }
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
