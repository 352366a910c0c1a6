using System.Text.Json.Nodes;
using SocketIOClient.JsonSerializer;

namespace Dubbing.Elements.Sts;

/// <summary>
/// The client library's JSON without reflection. The library itself writes only the <c>auth</c> object: events are
/// written by <see cref="SocketIoTransport"/> and read by <see cref="StsIncoming"/>.
/// </summary>
internal sealed class PlainJsonSerializer : IJsonSerializer
{
    public JsonSerializeResult Serialize(object[] data)
    {
        var array = new JsonArray();
        foreach (object item in data)
            array.Add(((JsonNode)item).DeepClone());
        return new JsonSerializeResult { Json = array.ToJsonString(), Bytes = [] };
    }

    public T Deserialize<T>(string json) => throw new NotSupportedException("Events are read without the client library.");

    public T Deserialize<T>(string json, IList<byte[]> incomingBytes) => Deserialize<T>(json);
}
