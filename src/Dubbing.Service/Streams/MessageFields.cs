using System.Globalization;
using Dubbing.Pipeline;

namespace Dubbing.Service.Streams;

/// <summary>Reads fields of element messages and statistics. A field of another type counts as missing: pipelines are anyone's to write.</summary>
internal static class MessageFields
{
    public static string Text(this PipelineElementMessage message, string field) =>
        message.Fields.TryGetValue(field, out var value) && value is string text ? text : "";

    public static long? Number(this PipelineElementMessage message, string field) => message.Fields.Number(field);

    public static double Seconds(this PipelineElementMessage message, string field) =>
        (message.Number(field) ?? 0) / 1e9;

    /// <summary>A whole number; GStreamer's "none" (all bits set) counts as missing.</summary>
    public static long? Number(this IReadOnlyDictionary<string, object> fields, string field) =>
        fields.TryGetValue(field, out var value) && value is int or uint or long or ulong and not ulong.MaxValue
            ? unchecked((long)Convert.ToDecimal(value, CultureInfo.InvariantCulture))
            : null;
}
