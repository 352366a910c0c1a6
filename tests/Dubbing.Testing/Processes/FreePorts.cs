using System.Net;
using System.Net.Sockets;

namespace Dubbing.Testing.Processes;

/// <summary>
/// Ports on 127.0.0.1 for servers that can't be told "any port". They lie below the kernel's ephemeral range, so that no outgoing connection
/// takes one, and each is reserved by a lock file until this process ends, so that test processes running side by side never share one. What is
/// left is a foreign server that takes the port in between. Safe for any thread.
/// </summary>
public static class FreePorts
{
    private const int First = 20000;
    private const int Count = 12000;

    private static readonly Lock s_gate = new();
    private static readonly List<FileStream> s_reserved = [];

    /// <summary>One port.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>Several ports, all different.</summary>
    /// <exception cref="InvalidOperationException">There are none left.</exception>
    public static IReadOnlyList<int> Next(int count)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"dubbing-ports-{Environment.UserName}");
        Directory.CreateDirectory(folder);
        List<int> ports = [];
        lock (s_gate)
        {
            var start = Random.Shared.Next(Count);
            for (var i = 0; i < Count && ports.Count < count; i++)
            {
                var port = First + (start + i) % Count;
                if (TryReserve(Path.Combine(folder, $"{port}"), port))
                    ports.Add(port);
            }
        }
        return ports.Count == count ? ports : throw new InvalidOperationException($"No {count} free ports from {First} on.");
    }

    private static bool TryReserve(string file, int port)
    {
        FileStream? reservation = null;
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
            reservation = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            using var probe = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            probe.Start();
            s_reserved.Add(reservation);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            reservation?.Dispose();
            return false;
        }
    }
}
