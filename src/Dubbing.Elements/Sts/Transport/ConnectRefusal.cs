using System.Text.Json;

namespace Dubbing.Elements.Sts;

/// <summary>Reads why a server refused a connection: <c>{"message": …, "data": …}</c>, or plain text from python-socketio for a wrong namespace.</summary>
internal static class ConnectRefusal
{
    private const int MaxLength = 500;

    /// <summary>Why, in at most 500 characters.</summary>
    /// <param name="packet">What stands behind the packet's type.</param>
    public static string Read(ReadOnlySpan<byte> packet)
    {
        int start = packet.IndexOfAny((byte)'{', (byte)'"');
        if (start < 0)
            return "no reason given";
        try
        {
            using JsonDocument document = JsonDocument.Parse(packet[start..].ToArray());
            JsonElement root = document.RootElement;
            string text = root.ValueKind == JsonValueKind.String ? root.GetString()! : root.GetProperty("message").ToString();
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("data", out JsonElement data)
                && CodeOf(data) is { Length: > 0 } code && !text.Contains(code, StringComparison.Ordinal))
                text = $"{code}: {text}";
            return Cut(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return "unreadable reason";
        }
    }

    /// <summary>A text of at most 500 characters.</summary>
    public static string Cut(string text) => text.Length <= MaxLength ? text : text[..MaxLength];

    // Whatever the server's connect handler gave beside the message: {"code": …}, or just the code.
    private static string? CodeOf(JsonElement data) => data.ValueKind switch
    {
        JsonValueKind.Object when data.TryGetProperty("code", out JsonElement code) => code.ToString(),
        JsonValueKind.Array when data.GetArrayLength() > 0 && data[0].ValueKind != JsonValueKind.Array => CodeOf(data[0]),
        JsonValueKind.String => data.GetString(),
        _ => null,
    };
}
