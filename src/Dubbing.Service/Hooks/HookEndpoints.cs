using System.Text.Json.Serialization;
using Dubbing.Service.Hosting;
using Dubbing.Service.Metrics;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Hooks;

/// <summary>The endpoints that the media server's hooks call. They answer at once, whatever pipeline and STS server do.</summary>
internal static class HookEndpoints
{
    private const int LargestBody = 64 * 1024;

    public static void MapHooks(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/mediamtx/events/ready", (HttpRequest request, StreamRegistry streams, StreamMetrics metrics, ILoggerFactory loggers) =>
            AnswerAsync(HookNames.Ready, request, metrics, loggers, e => streams.ReadyAsync(e.StreamId, new StreamSource(e.SourceId, e.SourceType, e.Query))));
        app.MapPost("/v1/mediamtx/events/not-ready", (HttpRequest request, StreamRegistry streams, StreamMetrics metrics, ILoggerFactory loggers) =>
            AnswerAsync(HookNames.NotReady, request, metrics, loggers, e => streams.NotReadyAsync(e.StreamId, e.SourceId)));
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
        var body = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LargestBody) return (null, new HookFault("body", $"it is larger than {LargestBody} bytes"));
        }

        return HookParser.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
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
