using Dubbing.Pipeline;
using Dubbing.Service.Configuration;

namespace Dubbing.Service.Streams;

/// <summary>A publisher, as the media server's hook names it, or an input that the API named.</summary>
/// <param name="Id">The connection's id, new for every connection; <see cref="OfApi"/> for the API's.</param>
/// <param name="Type">How it publishes, e.g. <c>rtmpConn</c>; the input's scheme for the API's.</param>
/// <param name="Query">The query of the publish URL, as the hook passes it on; may carry secrets. Null: it is not known.</param>
internal sealed record StreamSource(string Id, string Type, string? Query)
{
    /// <summary>The id of a source that the API named.</summary>
    public const string OfApi = "api";

    /// <summary>Where the API said to pull from; may carry a password. Null: from the publisher's path.</summary>
    public string? Input { get; init; }

    /// <summary>Where the API said to send to; may carry a stream key. Null: to the stream's path for output.</summary>
    public string? Output { get; init; }

    /// <summary>The values of a pipeline file's placeholders, with this source's addresses among them.</summary>
    /// <param name="values">The values for a publisher of the media server.</param>
    public IReadOnlyDictionary<string, PlaceholderValue> In(IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        var own = new Dictionary<string, PlaceholderValue>(values);
        if (Input is not null) own["input"] = Input;
        if (Output is not null) own["output"] = Output;
        // No file has placeholders of these names: they stand there to be masked.
        foreach (var (place, secret) in Secrets(new Uri(values["output"].Text)).Index()) own[$"secret_{place}"] = new PlaceholderValue(secret, Secret: true);
        return own;
    }

    private IEnumerable<string> Secrets(Uri server)
    {
        foreach (var address in new[] { Input, Output }.OfType<string>())
        {
            if (AddressSecrets.Password(address) is { } password) yield return password;
        }

        // Cameras are told a password there.
        if (Input is not null)
        {
            foreach (var secret in AddressSecrets.Query(Input)) yield return secret;
        }

        // What others call a stream is a key, what the media server calls it is not.
        if (Output is null || new Uri(Output).Authority == server.Authority) yield break;
        foreach (var secret in AddressSecrets.StreamKey(Output)) yield return secret;
    }
}
