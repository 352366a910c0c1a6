using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>The configuration in force. It can be read anew while the service runs; one with faults changes nothing. Thread-safe.</summary>
/// <param name="options">The configuration at the start.</param>
/// <param name="read">Reads and checks it anew.</param>
internal sealed class ConfigurationStore(
    DubbingOptions options, Func<(DubbingOptions? Options, IReadOnlyList<ConfigurationFault> Faults)>? read = null)
{
    // What is set up once, at the start.
    private static readonly (string Key, Func<DubbingOptions, object> Value)[] _fixed =
    [
        ("Address", options => options.Address),
        ("Port", options => options.Port),
        ("LogLevel", options => options.LogLevel),
        ("LogFormat", options => options.JsonLog),
        ("Api", options => TextOf(options.Api)),
        ("Segments (but FragmentMs)", options => options.Segments with { FragmentMs = 0 }),
        ("MediaServer:ReconcileSeconds", options => options.MediaServer.Reconcile),
        ("Workers", options => options.Workers),
        ("Lifecycle:DrainSeconds", options => options.Lifecycle.Drain),
    ];

    private readonly Lock _reading = new();
    private volatile DubbingOptions _current = options;
    private volatile Secrets _secrets = new Secrets().With(options);
    private volatile IReadOnlyList<ConfigurationFault> _faults = [];

    /// <summary>What new runs begin with.</summary>
    public DubbingOptions Current => _current;

    /// <summary>Hides the secrets of this configuration and of those before: runs that began with one go on with it.</summary>
    public SecretMask Mask => _secrets.Mask;

    /// <summary>What was wrong when it was read last; then <see cref="Current"/> is the one before.</summary>
    public IReadOnlyList<ConfigurationFault> Faults => _faults;

    /// <summary>Reads it anew. May take as long as it takes to parse all pipeline files.</summary>
    /// <returns>Keys that have changed and take effect only after a restart; null: there are <see cref="Faults"/>.</returns>
    public IReadOnlyList<string>? Reload()
    {
        if (read is null) return [];
        lock (_reading)
        {
            var (next, faults) = read();
            _faults = faults;
            if (next is null) return null;
            var unchanged = _fixed.Where(entry => !entry.Value(next).Equals(entry.Value(_current))).Select(entry => entry.Key).ToArray();
            _secrets = _secrets.With(next);
            _current = next with
            {
                Address = _current.Address,
                Port = _current.Port,
                LogLevel = _current.LogLevel,
                JsonLog = _current.JsonLog,
                Api = _current.Api,
                Segments = _current.Segments with { FragmentMs = next.Segments.FragmentMs },
                MediaServer = next.MediaServer with { Reconcile = _current.MediaServer.Reconcile },
                Workers = _current.Workers,
                // The process waits so long for its streams when it is to end.
                Lifecycle = next.Lifecycle with { Drain = _current.Lifecycle.Drain },
            };
            return unchanged;
        }
    }

    // Lists are compared by what is in them.
    private static string TextOf(ApiOptions api) =>
        string.Join('\n', [api.Token, $"{api.TokenForAll}", .. api.Inputs.Select(url => $"{url}"), "", .. api.Outputs.Select(url => $"{url}"), "", .. api.Origins]);
}
