using System.Threading.Channels;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Makes scripted transports and says what becomes of their connects.</summary>
internal sealed class ScriptedServer : IStsTransportFactory
{
    /// <summary>Real time that any await of a test may take before it counts as hanging.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Channel<ScriptedTransport> _transports = Channel.CreateUnbounded<ScriptedTransport>();

    /// <summary>What a connect does: by default it succeeds at once.</summary>
    public Func<CancellationToken, Task> Accept { get; set; } = _ => Task.CompletedTask;

    public long? MaxPayload { get; set; }

    public IStsTransport Create(StsOptions options)
    {
        var transport = new ScriptedTransport(this);
        _transports.Writer.TryWrite(transport);
        return transport;
    }

    /// <summary>The next connection that the session makes.</summary>
    public async Task<ScriptedTransport> NextAsync() => await _transports.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    public bool HasNext => _transports.Reader.Count > 0;
}
