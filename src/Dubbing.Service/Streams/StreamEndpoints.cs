using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>What the service tells about its streams.</summary>
internal static class StreamEndpoints
{
    public static void MapStreams(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/streams", (StreamRegistry streams) =>
            Results.Json(new { streams = streams.All.Select(stream => stream.Status) }, ApiJson.Options));
        app.MapGet("/v1/streams/{id}", (string id, StreamRegistry streams) =>
            With(streams, id, stream => Results.Json(stream.Status, ApiJson.Options)));
        app.MapGet("/v1/streams/{id}/fragments", (string id, StreamRegistry streams) =>
            With(streams, id, stream => Results.Json(new { stream_id = id, run_id = stream.Status.RunId, fragments = stream.Fragments }, ApiJson.Options)));
        app.MapGet("/v1/streams/{id}/graph", (string id, StreamRegistry streams) => With(streams, id, Graph));
    }

    private static IResult Graph(StreamSupervisor stream) => stream.Graph() is { Length: > 0 } graph
        ? Results.Text(graph, "text/vnd.graphviz")
        : Problems.Of(404, "No pipeline", $"stream '{stream.Id}' has no pipeline now");

    /// <summary>The answer for a stream that is known, else 404.</summary>
    internal static IResult With(StreamRegistry streams, string id, Func<StreamSupervisor, IResult> answer) =>
        streams.Find(id) is { } stream ? answer(stream) : Problems.Of(404, "No such stream", $"no stream '{id}' runs or ended lately");
}
