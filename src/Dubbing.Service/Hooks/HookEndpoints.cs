using System.Text.Json.Serialization;
using Dubbing.Service.Api;
using Dubbing.Service.Hosting;
using Dubbing.Service.Metrics;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Hooks;

/// <summary>The endpoints that the media server's hooks call. They answer at once, whatever pipeline and STS server do.</summary>
internal static class HookEndpoints
{
    public static void MapHooks(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/mediamtx/events/ready", (HttpRequest request, StreamRegistry streams, StreamMetrics metrics, ILoggerFactory loggers) =>
            AnswerAsync(HookNames.Ready, request, metrics, loggers, e => streams.ReadyAsync(e.StreamId, new StreamSource(e.SourceId, e.SourceType, e.Query))))
            .WithMetadata(new OpenToAll()).WithSummary("A publisher came.").Answers<Reply>(200, 422, 429, 503);
        app.MapPost("/v1/mediamtx/events/not-ready", (HttpRequest request, StreamRegistry streams, StreamMetrics metrics, ILoggerFactory loggers) =>
            AnswerAsync(HookNames.NotReady, request, metrics, loggers, e => streams.NotReadyAsync(e.StreamId, e.SourceId)))
            .WithMetadata(new OpenToAll()).WithSummary("A publisher left.").Answers<Reply>(200, 422, 503);
    }

    private static async Task<IResult> AnswerAsync(
        string hook, HttpRequest request, StreamMetrics metrics, ILoggerFactory loggers, Func<HookEvent, Task<HookAnswer>> ask)
    {
        var correlation = Guid.NewGuid().ToString();
        var logger = loggers.CreateLogger("Dubbing.Service.Hooks");
        var (hookEvent, fault) = await ReadAsync(request);
        if (hookEvent is null)
        {
            metrics.HookAnswered(hook, HookResult.Invalid);
            logger.LogWarning("hook {Hook}: {Field}: {Detail} ({Correlation})", hook, fault!.Field, fault.Detail, correlation);
            return Problems.Of(422, "The event is malformed", $"{fault.Field}: {fault.Detail}", fault.Field, correlation);
        }

        var answer = hookEvent.IsInput ? await ask(hookEvent) : new HookAnswer(HookResult.Skipped, "an output path: nothing to do");
        metrics.HookAnswered(hook, answer.Result);
        using var scope = logger.BeginScope(new LogScope(("stream_id", () => hookEvent.StreamId)));
        logger.LogInformation("hook {Hook} of {SourceType} {SourceId}: {Result}, {Message} ({Correlation})",
            hook, Line(hookEvent.SourceType), Line(hookEvent.SourceId), HookNames.Of(answer.Result), answer.Message, correlation);
        return answer.Result switch
        {
            HookResult.LimitReached => Problems.Of(429, "Too many streams", answer.Message, null, correlation),
            HookResult.Draining => Problems.Of(503, "The service is draining", answer.Message, null, correlation),
            HookResult.Skipped => Results.Json(new Reply("skipped", hookEvent.StreamId, correlation, answer.Message, "out")),
            _ => Results.Json(new Reply(HookNames.Of(answer.Result), hookEvent.StreamId, correlation, answer.Message, null)),
        };
    }

    private static async Task<(HookEvent? Event, HookFault? Fault)> ReadAsync(HttpRequest request)
    {
        return await RequestBody.ReadAsync(request) is { } body
            ? HookParser.Parse(body)
            : (null, new HookFault("body", $"it is larger than {RequestBody.Largest} bytes"));
    }

    // What comes from outside stays one line in the log.
    private static string Line(string text) => text.ReplaceLineEndings(" ");

    private sealed record Reply(
        [property: JsonPropertyName("status")] string Status,
        [property: JsonPropertyName("stream_id")] string StreamId,
        [property: JsonPropertyName("correlation_id")] string CorrelationId,
        [property: JsonPropertyName("message")] string Message,
        [property: JsonPropertyName("direction"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Direction);
}
