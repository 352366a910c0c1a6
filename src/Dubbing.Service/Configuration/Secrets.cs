using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What of one or more configurations must not show, and whose RTMP paths may. Immutable.</summary>
internal sealed class Secrets
{
    private readonly HashSet<string> _keys;
    private readonly HashSet<string> _ownHosts;

    public Secrets()
        : this([], [])
    {
    }

    private Secrets(IEnumerable<string> keys, IEnumerable<string> ownHosts)
    {
        (_keys, _ownHosts) = ([.. keys], [.. ownHosts]);
        Mask = new SecretMask(_keys, _ownHosts);
    }

    /// <summary>A mask for all texts that leave the process.</summary>
    public SecretMask Mask { get; }

    /// <summary>These, and those of a configuration.</summary>
    public Secrets With(DubbingOptions options) => new(
        [.. _keys, options.Api.Token, options.MediaServer.Password, options.Sts.ApiKey, .. options.Streams.Select(section => section.Values.GetValueOrDefault(StreamSetting.StsApiKey, ""))],
        [.. _ownHosts, new Uri(options.MediaServer.RtmpUrl).Authority]);
}
