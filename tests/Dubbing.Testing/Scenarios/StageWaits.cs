using System.Text.Json.Nodes;

namespace Dubbing.Testing.Scenarios;

/// <summary>Waits for what a stage's service says of a stream.</summary>
/// <remarks>By asking: the service's events begin with a run and end with it, while these waits begin before and go on after, and an event
/// is told a moment before the answers show what it tells.</remarks>
public static class StageWaits
{
    /// <summary>Waits for a fragment that meets a condition; the fragments as they then are.</summary>
    /// <exception cref="TimeoutException">None does in time; the message has the last answer.</exception>
    public static async Task<IReadOnlyList<JsonNode>> WaitForFragment(
        this Stage stage, string id, Func<JsonNode, bool> wanted, TimeSpan timeout)
    {
        IReadOnlyList<JsonNode> fragments = [];
        await Poll.Until(async () => await Exists(stage, id) && (fragments = await stage.Fragments(id)).Any(wanted), timeout,
            () => $"the fragments of {id}: {string.Join('\n', fragments.Select(f => f.ToJsonString()))}");
        return fragments;
    }

    /// <summary>Waits until the stream's state is one of those given; the answer.</summary>
    /// <exception cref="TimeoutException">It is not, in time; the message has the last answer.</exception>
    public static Task<JsonNode> WaitForState(this Stage stage, string id, TimeSpan timeout, params string[] states) =>
        stage.WaitForStream(id, stream => states.Contains((string?)stream["state"]), timeout);

    /// <summary>Waits until <c>GET /v1/streams/{id}</c> meets a condition; the answer.</summary>
    /// <exception cref="TimeoutException">It does not in time; the message has the last answer.</exception>
    public static async Task<JsonNode> WaitForStream(this Stage stage, string id, Func<JsonNode, bool> wanted, TimeSpan timeout)
    {
        JsonNode? stream = null;
        await Poll.Until(async () => await Exists(stage, id) && wanted(stream = await stage.Stream(id)), timeout, () => $"stream {id}: {stream}");
        return stream!;
    }

    // The service knows a stream from its first hook on.
    private static async Task<bool> Exists(Stage stage, string id)
    {
        using var answer = await stage.Service.Http.GetAsync(new Uri($"/v1/streams/{id}", UriKind.Relative), CancellationToken.None);
        return answer.IsSuccessStatusCode;
    }
}
