using System.Net;
using System.Net.Sockets;

namespace Dubbing.Testing.Servers;

/// <summary>A bad line to a TCP server: clients connect to <see cref="Url"/> and reach the server through faults that can be changed at
/// any time. It may come and go before the server does. Safe for any thread.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Uri _target;
    private readonly Lock _gate = new();
    private readonly Dictionary<FaultLine, Task> _lines = [];
    private volatile LineFaults _faults = LineFaults.None;
    // Bound, never listening: keeps the port while connections are refused.
    private readonly Socket _place = Bound(0);
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _accepted;

    private FaultProxy(Uri target)
    {
        _target = target;
        Url = new UriBuilder("http", "127.0.0.1", ((IPEndPoint)_place.LocalEndPoint!).Port).Uri;
    }

    /// <summary>Where clients connect to.</summary>
    public Uri Url { get; }

    /// <summary>What is wrong with the line now. Delays count for what is read from now on.</summary>
    public LineFaults Faults
    {
        get => _faults;
        set => _faults = value;
    }

    /// <summary>Connections that were accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that are open.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
                return _lines.Count;
        }
    }

    /// <summary>Starts a proxy in front of a server.</summary>
    /// <param name="target">The server, by <c>http://host:port</c>.</param>
    /// <param name="refusing">Connections are refused until <see cref="Listen"/>; else they are accepted on return.</param>
    public static FaultProxy Start(Uri target, bool refusing = false)
    {
        var proxy = new FaultProxy(target);
        if (!refusing)
            proxy.Listen();
        return proxy;
    }

    /// <summary>Connections are refused from now on; those that are open go on.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Connections are accepted again.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            if (_listener is not null)
                return;
            _listener = Bound(Url.Port);
            _listener.Listen();
            _accepting = Task.WhenAll(_accepting, AcceptAsync(_listener));
        }
    }

    /// <summary>Completes when the clients of all connections have closed their ends, by themselves; half-open ones are told apart.</summary>
    public async Task ClientsLeft()
    {
        while (true)
        {
            Task[] staying;
            lock (_gate)
                staying = [.. _lines.Keys.Select(line => line.ClientLeft).Where(left => !left.IsCompleted)];
            if (staying.Length == 0)
                return;
            await Task.WhenAll(staying);
        }
    }

    /// <summary>Ends all connections that are open.</summary>
    /// <returns>How many.</returns>
    public int End(LineEnd how)
    {
        FaultLine[] open;
        lock (_gate)
            open = [.. _lines.Keys];
        foreach (var line in open)
            line.End(how);
        return open.Length;
    }

    /// <summary>Ends all connections and stops listening. Rethrows what went wrong in the proxy itself.</summary>
    public async ValueTask DisposeAsync()
    {
        Refuse();
        await _accepting;
        Task[] running;
        lock (_gate)
            running = [.. _lines.Values];
        End(LineEnd.Reset);
        await Task.WhenAll(running);
        _place.Dispose();
    }

    private static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Refuse() has closed the listener.
                return;
            }

            Interlocked.Increment(ref _accepted);
            var line = new FaultLine(client, _target, () => _faults);
            lock (_gate)
                _lines.Add(line, RunAsync(line));
        }
    }

    private async Task RunAsync(FaultLine line)
    {
        // Not before it stands in the list.
        await Task.Yield();
        try
        {
            await line.RunAsync();
        }
        finally
        {
            lock (_gate)
                _lines.Remove(line);
            line.Dispose();
        }
    }
}
