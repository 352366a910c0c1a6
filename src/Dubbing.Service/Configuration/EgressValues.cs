using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What stands in the placeholders of the pipeline file that passes the output on to one target.</summary>
internal static class EgressValues
{
    /// <summary>All placeholders that there are, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = ["input", "stream_id", "target"];

    /// <summary>The values for one target.</summary>
    /// <param name="server">The media server.</param>
    /// <param name="input">Where the output is read.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="target">Where it is passed on to; carries a stream key.</param>
    public static IReadOnlyDictionary<string, PlaceholderValue> For(MediaServerOptions server, string input, string streamId, string target)
    {
        var values = new Dictionary<string, PlaceholderValue>
        {
            ["input"] = input,
            ["stream_id"] = streamId,
            ["target"] = new(target, Secret: true),
        };
        // No file has placeholders of these names: they stand there to be masked.
        foreach (var (place, secret) in AddressSecrets.StreamKey(target).Append(AddressSecrets.Password(target) ?? "").Append(server.Password).Index())
            values[$"secret_{place}"] = new PlaceholderValue(secret, Secret: true);
        return values;
    }

    /// <summary>Where a stream's output is read.</summary>
    public static string Output(MediaServerOptions server, string streamId) => server.Rtmp($"live/{streamId}/out");
}
