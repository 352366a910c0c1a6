namespace Dubbing.Elements.Sts;

/// <summary>Makes Socket.IO connections.</summary>
/// <param name="time">The clock for the deadline on the server's silence.</param>
public sealed class SocketIoTransportFactory(TimeProvider time) : IStsTransportFactory
{
    /// <inheritdoc/>
    public IStsTransport Create(StsOptions options) => new SocketIoTransport(options, time);
}
