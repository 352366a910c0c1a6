namespace Dubbing.Testing.Servers;

/// <summary>HTTP to servers on this machine.</summary>
internal static class Http
{
    /// <summary>For requests that a healthy local server answers at once; never through a proxy, and each on a connection of its own, so that
    /// tests which count open files see none of it.</summary>
    public static HttpClient Local { get; } = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
        DefaultRequestHeaders = { ConnectionClose = true },
    };
}
