using Dubbing.Testing.Servers;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>The echo servers of a group of cases.</summary>
internal sealed class FaultServers : IAsyncDisposable
{
    /// <summary>Bytes of a message that no fragment fits into, while everything else does.</summary>
    public const int SmallMessage = 5000;

    private readonly List<EchoSts> _all = [];
    private EchoSts _shared = null!;
    private EchoSts _small = null!;
    private EchoSts _smallUntold = null!;

    /// <summary>Every server's settings: whoever is done is let go, and who is silent is given up after 3 s.</summary>
    public static IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>
    {
        ["ECHO_CLOSE_DELAY_MS"] = "50",
        ["ECHO_PING_INTERVAL_MS"] = "1000",
        ["ECHO_PING_TIMEOUT_MS"] = "2000",
    };

    /// <summary>Starts them.</summary>
    public static async Task<FaultServers> Start()
    {
        var servers = new FaultServers();
        try
        {
            servers._shared = await servers.Keep();
            servers._small = await servers.Keep(("ECHO_MAX_MESSAGE_BYTES", $"{SmallMessage}"));
            servers._smallUntold = await servers.Keep(("ECHO_MAX_MESSAGE_BYTES", $"{SmallMessage}"), ("ECHO_TELL_MAX_MESSAGE", "false"));
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server for a case; one of its own is the caller's to end.</summary>
    public async Task<EchoSts> For(FaultCase @case) => @case.Server switch
    {
        FaultServer.SmallMessages => _small,
        FaultServer.SmallMessagesUntold => _smallUntold,
        FaultServer.Own => await EchoSts.Start(environment: Environment),
        _ => _shared,
    };

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _all)
            await server.DisposeAsync();
    }

    private async Task<EchoSts> Keep(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string?>(Environment);
        foreach (var (name, value) in more)
            environment[name] = value;
        var server = await EchoSts.Start(environment: environment);
        _all.Add(server);
        return server;
    }
}
