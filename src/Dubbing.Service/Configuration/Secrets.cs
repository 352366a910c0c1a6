using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What of the configuration must not show.</summary>
internal static class Secrets
{
    /// <summary>A mask for all texts that leave the process.</summary>
    public static SecretMask MaskOf(DubbingOptions options) => new(
        [options.Api.Token, options.Sts.ApiKey, .. options.Streams.Select(section => section.Values.GetValueOrDefault(StreamSetting.StsApiKey, ""))],
        [new Uri(options.MediaServer.RtmpUrl).Authority]);
}
