namespace Dubbing.Testing.Servers;

/// <summary>HTTP to servers on this machine.</summary>
internal static class Http
{
    /// <summary>For requests that a healthy local server answers at once; never through a proxy.</summary>
    public static HttpClient Local { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
}
