using System.Text.Json.Serialization;

namespace Dubbing.Service.Hosting;

/// <summary>Error answers: problem+json (RFC 9457).</summary>
internal static class Problems
{
    public static IResult Of(int status, string title, string detail, string? field = null, string? correlation = null) => Results.Json(
        new Problem("about:blank", title, status, detail, field, correlation), contentType: "application/problem+json", statusCode: status);

    private sealed record Problem(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("title")] string Title,
        [property: JsonPropertyName("status")] int Status,
        [property: JsonPropertyName("detail")] string Detail,
        [property: JsonPropertyName("field"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
        [property: JsonPropertyName("correlation_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CorrelationId);
}
