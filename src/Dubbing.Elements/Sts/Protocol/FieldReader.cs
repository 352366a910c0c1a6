using System.Runtime.InteropServices;
using System.Text.Json;

namespace Dubbing.Elements.Sts.Protocol;

/// <summary>
/// Tolerant reading of one JSON object: a missing or null field is null, anything else that does not fit is null and a
/// fault. Nothing that a server can send makes it throw.
/// </summary>
internal readonly struct FieldReader(JsonElement element, string prefix, List<string> faults)
{
    private const int MaxFaults = 16;

    public string? Text(string name, int maxBytes)
    {
        if (!Find(name, out JsonElement value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return Wrong<string>(name, value, "text");
        int length = JsonMarshal.GetRawUtf8Value(value).Length - 2;
        if (length > maxBytes)
            return Fault<string>(name, $"has {length} bytes, over the limit of {maxBytes}");
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return Fault<string>(name, "is no valid UTF-8");
        }
    }

    /// <summary>A whole number; fractions are rounded, since servers in untyped languages send them.</summary>
    public long? Whole(string name, long min, long max)
    {
        if (!Find(name, out JsonElement value))
            return null;
        if (value.ValueKind != JsonValueKind.Number)
        {
            Wrong<string>(name, value, "a number");
            return null;
        }

        if (!value.TryGetInt64(out long whole))
        {
            if (!value.TryGetDouble(out double fraction) || !(Math.Abs(fraction) < long.MaxValue / 2))
            {
                Fault<string>(name, "is out of range");
                return null;
            }

            whole = (long)Math.Round(fraction);
        }

        if (whole >= min && whole <= max)
            return whole;
        Fault<string>(name, $"is {whole}, not within {min} to {max}");
        return null;
    }

    public bool? Flag(string name)
    {
        if (!Find(name, out JsonElement value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Wrong<string>(name, value, "true or false");
        return null;
    }

    public FieldReader? Object(string name)
    {
        if (!Find(name, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.Object)
            return new FieldReader(value, $"{prefix}{name}.", faults);
        Wrong<string>(name, value, "an object");
        return null;
    }

    /// <summary>Decodes base64 in one step from the UTF-8 text.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxBytes">The most that may come out.</param>
    /// <param name="fault">Why there is nothing; null if the field is missing or was decoded.</param>
    public byte[]? Base64(string name, int maxBytes, out string? fault)
    {
        fault = null;
        if (!Find(name, out JsonElement value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            fault = $"is {Kind(value)}, not text";
        else if ((JsonMarshal.GetRawUtf8Value(value).Length - 2L) / 4 * 3 - 2 > maxBytes)
            fault = $"is over {maxBytes} bytes decoded";
        else if (!value.TryGetBytesFromBase64(out byte[]? bytes))
            fault = "is no valid base64";
        else if (bytes.Length > maxBytes)
            fault = $"is over {maxBytes} bytes decoded";
        else
            return bytes;
        fault = $"{prefix}{name} {fault}";
        Add(fault);
        return null;
    }

    private bool Find(string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private T? Wrong<T>(string name, JsonElement value, string expected) where T : class =>
        Fault<T>(name, $"is {Kind(value)}, not {expected}");

    private T? Fault<T>(string name, string fault) where T : class
    {
        Add($"{prefix}{name} {fault}");
        return null;
    }

    // A hostile message must not become a flood of events.
    private void Add(string fault)
    {
        if (faults.Count < MaxFaults)
            faults.Add(fault);
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        _ => "true or false",
    };
}
