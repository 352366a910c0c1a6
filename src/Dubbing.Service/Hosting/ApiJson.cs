using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dubbing.Service.Hosting;

/// <summary>How the API writes JSON.</summary>
internal static class ApiJson
{
    /// <summary>snake_case names, enumerations as text, nothing for null.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
