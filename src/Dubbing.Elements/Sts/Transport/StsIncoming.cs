using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Dubbing.Elements.Sts;

/// <summary>One event from the server, over a pooled buffer that goes back with <see cref="Dispose"/>.</summary>
public sealed class StsIncoming : IDisposable
{
    /// <summary>Free-form metadata may nest deeper than the parser's own default of 64 allows.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    private JsonDocument? _document;
    private byte[]? _rented;

    private StsIncoming(string name, string? fault)
    {
        Name = name;
        Fault = fault;
    }

    /// <summary>The event's name; empty if it could not be read.</summary>
    public string Name { get; }

    /// <summary>What was wrong with the message as such; null if it could be read.</summary>
    public string? Fault { get; }

    /// <summary>The first argument; <see cref="JsonValueKind.Undefined"/> without one. Not valid after <see cref="Dispose"/>.</summary>
    public JsonElement Payload { get; private init; }

    /// <summary>A message that could not be read.</summary>
    public static StsIncoming Broken(string fault) => new("", fault);

    /// <summary>Reads <c>["name", payload, …]</c>. Never throws for what the server sent.</summary>
    /// <param name="array">The array in UTF-8, inside <paramref name="rented"/>; may be changed.</param>
    /// <param name="rented">A buffer of <see cref="ArrayPool{T}.Shared"/>, owned by the result; null if there is none to return.</param>
    public static StsIncoming Read(ReadOnlyMemory<byte> array, byte[]? rented)
    {
        JsonDocument? document = null;
        try
        {
            document = Parse(array);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.String)
            {
                return new StsIncoming(root[0].GetString()!, null)
                {
                    _document = document,
                    _rented = rented,
                    Payload = root.GetArrayLength() > 1 ? root[1] : default,
                };
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            Release(document, rented);
            return Broken($"not JSON: {e.Message}");
        }

        Release(document, rented);
        return Broken("not an array that begins with the event's name");
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> array)
    {
        try
        {
            return JsonDocument.Parse(array, Deep);
        }
        catch (JsonException)
        {
            if (!NonFiniteNumbers.Replace(MemoryMarshal.AsMemory(array).Span))
                throw;
            return JsonDocument.Parse(array, Deep);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release(_document, _rented);
        _document = null;
        _rented = null;
    }

    private static void Release(JsonDocument? document, byte[]? rented)
    {
        document?.Dispose();
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
