using Dubbing.Service.Api;
using Dubbing.Service.Feeds;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>What the service tells about its streams.</summary>
internal static class StreamEndpoints
{
    public static void MapStreams(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/streams", (StreamRegistry streams) =>
                Results.Json(new StreamList([.. streams.All.Select(stream => stream.Status)]), ApiJson.Options))
            .WithSummary("The streams that run or ended lately.").Answers<StreamList>(200);
        app.MapGet("/v1/streams/{id}", (string id, StreamRegistry streams) =>
                With(streams, id, stream => Results.Json(stream.Status, ApiJson.Options)))
            .WithSummary("A stream's state.").Answers<StreamStatus>(200, 404);
        app.MapGet("/v1/streams/{id}/fragments", (string id, StreamRegistry streams) =>
                With(streams, id, stream => Results.Json(new FragmentList(id, stream.Status.RunId, stream.Fragments), ApiJson.Options)))
            .WithSummary("What happened to the last fragments.").Answers<FragmentList>(200, 404);
        app.MapGet("/v1/streams/{id}/graph", (string id, string? format, StreamRegistry streams, CancellationToken stop) =>
                WithAsync(streams, id, stream => GraphAsync(stream, format, stop)))
            .WithSummary("The pipeline as a graph: format dot or svg.").Answers("text/vnd.graphviz", 404, 422, 500, 501);
        app.MapGet("/v1/streams/{id}/events", (string id, StreamRegistry streams) => With(streams, id, Events))
            .WithSummary("What happens, as server-sent events, until the run ends.").Answers("text/event-stream", 404, 429);
    }

    /// <summary>The answer for a stream that is known, else 404.</summary>
    internal static IResult With(StreamRegistry streams, string id, Func<StreamSupervisor, IResult> answer) =>
        streams.Find(id) is { } stream ? answer(stream) : Unknown(id);

    /// <summary>The same for an answer that takes its time.</summary>
    internal static async Task<IResult> WithAsync(StreamRegistry streams, string id, Func<StreamSupervisor, Task<IResult>> answer) =>
        streams.Find(id) is { } stream ? await answer(stream) : Unknown(id);

    private static IResult Unknown(string id) => Problems.Of(404, "No such stream", $"no stream '{id}' runs or ended lately");

    private static IResult Events(StreamSupervisor stream) => stream.Run is { } run
        ? ServerSentEvents.Of(run.Events, run.Id, e => e.Type, e => e.Fields)
        : Problems.Of(404, "No run", $"stream '{stream.Id}' has not run yet");

    private static async Task<IResult> GraphAsync(StreamSupervisor stream, string? format, CancellationToken stop)
    {
        if (format is not (null or "dot" or "svg")) return Problems.Of(422, "No such format", "format must be dot or svg", "format");
        if (await stream.GraphAsync() is not { Length: > 0 } graph) return Problems.Of(404, "No pipeline", $"stream '{stream.Id}' has no pipeline now");
        if (format != "svg") return Results.Text(graph, "text/vnd.graphviz");
        try
        {
            return Results.Text(await Graphviz.ToSvgAsync(graph, stop), "image/svg+xml");
        }
        catch (FileNotFoundException)
        {
            return Problems.Of(501, "No SVG", "Graphviz is not installed: install the Debian package graphviz, or ask for format=dot");
        }
        catch (InvalidOperationException e)
        {
            return Problems.Of(500, "No SVG", e.Message);
        }
    }

    private sealed record StreamList(IReadOnlyList<StreamStatus> Streams);

    private sealed record FragmentList(string StreamId, string? RunId, IReadOnlyList<FragmentRecord> Fragments);
}
