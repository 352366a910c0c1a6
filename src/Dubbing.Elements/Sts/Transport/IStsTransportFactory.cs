namespace Dubbing.Elements.Sts;

/// <summary>Makes connections. Thread-safe.</summary>
public interface IStsTransportFactory
{
    /// <summary>A new connection that is not connected yet.</summary>
    /// <param name="options">Where to, and as whom.</param>
    IStsTransport Create(StsOptions options);
}
