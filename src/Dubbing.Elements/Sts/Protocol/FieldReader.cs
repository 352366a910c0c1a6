using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Dubbing.Elements.Sts.Protocol;

/// <summary>
/// Tolerant reading of one JSON object: a missing or null field is null, and a fault only if nothing can be done without it;
/// anything else that does not fit is null and a fault. A fault is added once, here, and names the field. Nothing that a
/// server can send makes it throw.
/// </summary>
internal readonly struct FieldReader(JsonElement element, string prefix, List<string> faults)
{
    private const int MaxFaults = 16;
    private const int MaxWordBytes = 200;

    public string? Text(string name, int maxBytes, bool required = false)
    {
        if (!Find(name, out JsonElement value))
            return required ? Fault<string>(name, "is missing") : null;
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

    /// <summary>One of some words; another one is a fault.</summary>
    public string? Word(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name, MaxWordBytes, required: true) is not { } text)
            return null;
        foreach (string word in words)
        {
            if (word == text)
                return word;
        }

        return Fault<string>(name, "is unknown");
    }

    /// <summary>A whole number. Fractions are rounded and digits in quotes are read: servers in untyped languages send both.</summary>
    public long? Whole(string name, long min, long max)
    {
        if (!Find(name, out JsonElement value))
            return null;
        ReadOnlySpan<byte> digits = Literal(value);
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction))
            {
                Wrong<string>(name, value, "a number");
                return null;
            }

            if (!(Math.Abs(fraction) < long.MaxValue / 2))
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

    /// <summary>True or false, in quotes too, or 1 or 0.</summary>
    public bool? Flag(string name)
    {
        if (!Find(name, out JsonElement value))
            return null;
        ReadOnlySpan<byte> literal = Literal(value);
        if (Ascii.EqualsIgnoreCase(literal, "true"u8) || literal.SequenceEqual("1"u8))
            return true;
        if (Ascii.EqualsIgnoreCase(literal, "false"u8) || literal.SequenceEqual("0"u8))
            return false;
        Wrong<string>(name, value, "true or false");
        return null;
    }

    public FieldReader? Object(string name, bool required = false)
    {
        if (!Find(name, out JsonElement value))
        {
            if (required)
                Fault<string>(name, "is missing");
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
            return new FieldReader(value, $"{prefix}{name}.", faults);
        Wrong<string>(name, value, "an object");
        return null;
    }

    /// <summary>Decodes base64 from the UTF-8 text. Nothing to decode is a fault too.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxBytes">The most that may come out.</param>
    public ReadOnlySequence<byte>? Base64(string name, int maxBytes)
    {
        string fault;
        if (!Find(name, out JsonElement value))
            fault = "is missing";
        else if (value.ValueKind != JsonValueKind.String)
            fault = $"is {Kind(value)}, not text";
        else if (!IsEscaped(value) && (JsonMarshal.GetRawUtf8Value(value).Length - 2L) / 4 * 3 - 2 > maxBytes)
            fault = $"is over {maxBytes} bytes decoded";
        else if (Decode(value) is not { } bytes)
            fault = "is no valid base64";
        else if (bytes.Length > maxBytes)
            fault = $"is over {maxBytes} bytes decoded";
        else if (bytes.Length == 0)
            fault = "is empty";
        else
            return bytes;
        Fault<string>(name, fault);
        return null;
    }

    // Some servers escape the slash: then the text is longer than what it stands for.
    private static bool IsEscaped(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Contains((byte)'\\');

    // By way of a pooled array: the audio would be a large object, and as text half as large again.
    private static ReadOnlySequence<byte>? Decode(JsonElement value)
    {
        ReadOnlySpan<byte> text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (IsEscaped(value))
            return value.TryGetBytesFromBase64(out byte[]? bytes) ? ByteBlocks.Copy(bytes) : null;
        byte[] rented = ArrayPool<byte>.Shared.Rent(System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(text.Length));
        try
        {
            return System.Buffers.Text.Base64.DecodeFromUtf8(text, rented, out _, out int written) == OperationStatus.Done ? ByteBlocks.Copy(rented.AsSpan(0, written)) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>A simple value as it was written, without quotes; nothing for an object or an array.</summary>
    private static ReadOnlySpan<byte> Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array => default,
        JsonValueKind.String => JsonMarshal.GetRawUtf8Value(value)[1..^1],
        _ => JsonMarshal.GetRawUtf8Value(value),
    };

    private bool Find(string name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
        }
        catch (InvalidOperationException)
        {
            // Some field's name is no valid text: then names are compared as they were written.
            return FindAsWritten(name, out value) && value.ValueKind != JsonValueKind.Null;
        }
    }

    private bool FindAsWritten(string name, out JsonElement value)
    {
        value = default;
        bool found = false;
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!JsonMarshal.GetRawUtf8PropertyName(property).SequenceEqual(wanted))
                continue;
            value = property.Value;
            found = true;
        }

        return found;
    }

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
