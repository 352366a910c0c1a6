using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dubbing.Elements.Sts.Protocol;

/// <summary>Blocks of bytes that are written as one base64 text, block by block.</summary>
/// <param name="Bytes">The bytes.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct Base64Data(ReadOnlySequence<byte> Bytes)
{
    /// <summary>Writes only: what the server sends is read by <see cref="FieldReader"/>.</summary>
    internal sealed class Converter : JsonConverter<Base64Data>
    {
        /// <inheritdoc />
        public override void Write(Utf8JsonWriter writer, Base64Data value, JsonSerializerOptions options)
        {
            foreach (ReadOnlyMemory<byte> block in value.Bytes)
                writer.WriteBase64StringSegment(block.Span, isFinalSegment: false);
            writer.WriteBase64StringSegment([], isFinalSegment: true);
        }

        /// <inheritdoc />
        public override Base64Data Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Audio from the server is read without the serializer.");
    }
}
