using Dubbing.Service.Configuration;
using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Api;

/// <summary>Starts, stops and restarts streams without a hook.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/streams", StartAsync).Accepts<StartRequest>("application/json")
            .WithSummary("Starts a stream from an input of its own.").Answers<StreamStatus>(202, 409, 413, 422, 429, 503);
        app.MapDelete("/v1/streams/{id}", (string id, StreamRegistry streams) => StreamEndpoints.WithAsync(streams, id, StopAsync))
            .WithSummary("Plays a stream out and ends it.").Answers<StreamStatus>(202, 404);
        app.MapPost("/v1/streams/{id}/restart", (string id, StreamRegistry streams) => StreamEndpoints.WithAsync(streams, id, RestartAsync))
            .WithSummary("Starts a stream's pipeline anew, at once.").Answers<StreamStatus>(202, 404, 409);
    }

    private static async Task<IResult> StartAsync(HttpRequest request, ConfigurationStore configuration, StreamRegistry streams)
    {
        if (await RequestBody.ReadAsync(request) is not { } body)
            return Problems.Of(413, "The request is too large", $"it is larger than {RequestBody.Largest} bytes");
        var (id, source, fault) = StartRequestReader.Read(body.Span, configuration.Current);
        if (source is null) return Problems.Of(422, "The request is malformed", $"{fault!.Field}: {fault.Detail}", fault.Field);
        var answer = await streams.StartAsync(id, source);
        return answer.Result switch
        {
            HookResult.WorkerStarted => Accepted(streams.Find(id), id),
            HookResult.LimitReached => Problems.Of(429, "Too many streams", answer.Message),
            HookResult.Draining => Problems.Of(503, "The service is draining", answer.Message),
            _ => Problems.Of(409, "The stream runs", answer.Message),
        };
    }

    private static async Task<IResult> StopAsync(StreamSupervisor stream)
    {
        await stream.StopAsync();
        return Accepted(stream, stream.Id);
    }

    private static async Task<IResult> RestartAsync(StreamSupervisor stream) =>
        await stream.RestartAsync() is { Result: HookResult.WorkerStarted }
            ? Accepted(stream, stream.Id)
            : Problems.Of(409, "The stream does not run", $"stream '{stream.Id}' has ended, or is about to");

    private static IResult Accepted(StreamSupervisor? stream, string id) => Results.Accepted($"/v1/streams/{id}", stream?.Status);
}
