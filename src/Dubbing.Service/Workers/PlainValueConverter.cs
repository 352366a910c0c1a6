using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dubbing.Service.Workers;

/// <summary>A field of a GStreamer structure. Numbers keep their type: <c>{"guint64": 5}</c>, named as GLib names it.</summary>
internal sealed class PlainValueConverter : JsonConverter<object>
{
    /// <inheritdoc />
    public override object Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False) return reader.GetBoolean();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a plain value is a text, true, false or an object");
        reader.Read();
        var type = reader.GetString();
        reader.Read();
        var value = type switch
        {
            "gint" => (object)reader.GetInt32(),
            "guint" => reader.GetUInt32(),
            "gint64" => reader.GetInt64(),
            "guint64" => reader.GetUInt64(),
            // Not every double has a JSON number.
            "gdouble" => BitConverter.Int64BitsToDouble(reader.GetInt64()),
            _ => throw new JsonException($"there is no type {type} of plain values"),
        };
        reader.Read();
        return value;
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (value is string text)
        {
            writer.WriteStringValue(text);
            return;
        }

        if (value is bool truth)
        {
            writer.WriteBooleanValue(truth);
            return;
        }

        writer.WriteStartObject();
        switch (value)
        {
            case int number:
                writer.WriteNumber("gint", number);
                break;
            case uint number:
                writer.WriteNumber("guint", number);
                break;
            case long number:
                writer.WriteNumber("gint64", number);
                break;
            case ulong number:
                writer.WriteNumber("guint64", number);
                break;
            case double number:
                writer.WriteNumber("gdouble", BitConverter.DoubleToInt64Bits(number));
                break;
            default:
                throw new JsonException($"{value.GetType()} is no plain value");
        }

        writer.WriteEndObject();
    }
}
