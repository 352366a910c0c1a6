using System.Text;
using Dubbing.Service.Api;
using Dubbing.Service.Feeds;
using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Captions;

/// <summary>A stream's captions: as a WebVTT file that grows, and as server-sent events.</summary>
internal static class CaptionEndpoints
{
    /// <summary>The CORS policy: players on other origins' pages may be let in.</summary>
    public const string ReadableByPages = "captions";

    public static void MapCaptions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/streams/{id}/captions.vtt", (string id, string? track, HttpResponse response, StreamRegistry streams) =>
            StreamEndpoints.With(streams, id, stream => Vtt(stream, track, response)))
            .RequireCors(ReadableByPages).WithSummary("Captions as a WebVTT file that grows: track original or translated.").Answers("text/vtt", 404, 422);
        app.MapGet("/v1/streams/{id}/captions", (string id, StreamRegistry streams) =>
            StreamEndpoints.With(streams, id, Events))
            .RequireCors(ReadableByPages).WithSummary("Captions as server-sent events, until the run ends.").Answers("text/event-stream", 404, 429);
    }

    private static IResult Vtt(StreamSupervisor stream, string? name, HttpResponse response)
    {
        CaptionTrack? track = name switch
        {
            null or "translated" => CaptionTrack.Translated,
            "original" => CaptionTrack.Original,
            _ => null,
        };
        if (track is null) return Problems.Of(422, "No such track", "track must be original or translated", "track");
        response.Headers.CacheControl = "no-store";
        var run = stream.Run;
        return Results.Text(WebVtt.Write(run?.Id ?? "", run?.Captions.Present ?? [], track.Value), "text/vtt", Encoding.UTF8);
    }

    private static IResult Events(StreamSupervisor stream) => stream.Run is { } run
        ? ServerSentEvents.Of(run.Captions.Feed, run.Id, _ => null, caption => caption)
        : Problems.Of(404, "No run", $"stream '{stream.Id}' has not run yet");
}
