using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Lifecycle;

/// <summary>Reads <c>GET /v1/streams/{id}/events</c>: what happened in the run, and what happens.</summary>
internal static class StreamEvents
{
    /// <summary>When the stream's pipeline was PLAYING first after a moment.</summary>
    public static async Task<DateTimeOffset> PlayingAfter(Stage stage, string id, DateTimeOffset moment) =>
        At(await Find(stage, id, (type, data) => type == "pipeline" && (string?)data["state"] == "running" && At(data) > moment));

    private static DateTimeOffset At(JsonNode data) => (DateTimeOffset)data["at"]!;

    private static async Task<JsonNode> Find(Stage stage, string id, Func<string, JsonNode, bool> wanted)
    {
        using var bound = new CancellationTokenSource(Streams.Limit);
        await stage.WaitForStream(id, stream => stream["run_id"] is not null, Streams.Limit);
        using var answer = await stage.Service.Http.GetAsync(
            new Uri($"/v1/streams/{id}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, bound.Token);
        Assert.True(answer.IsSuccessStatusCode);
        await foreach (var e in SseParser.Create(await answer.Content.ReadAsStreamAsync(bound.Token)).EnumerateAsync(bound.Token))
        {
            if (JsonNode.Parse(e.Data) is { } data && wanted(e.EventType, data))
                return data;
        }

        throw new InvalidOperationException($"the run of {id} has ended");
    }
}
