using System.Text.Json.Nodes;

namespace Dubbing.Testing.Scenarios;

/// <summary>Waits for what a stage's service says of a stream.</summary>
public static class StageWaits
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(30);

    /// <summary>Waits for a fragment that meets a condition; the fragments as they then are.</summary>
    /// <exception cref="TimeoutException">None does in time; the message has the last answer.</exception>
    public static async Task<IReadOnlyList<JsonNode>> WaitForFragment(
        this Stage stage, string id, Func<JsonNode, bool> wanted, TimeSpan timeout)
    {
        IReadOnlyList<JsonNode> fragments = [];
        await Until(async () => await Exists(stage, id) && (fragments = await stage.Fragments(id)).Any(wanted), timeout,
            () => $"the fragments of {id}: {string.Join('\n', fragments.Select(f => f.ToJsonString()))}");
        return fragments;
    }

    /// <summary>Waits until <c>GET /v1/streams/{id}</c> meets a condition; the answer.</summary>
    /// <exception cref="TimeoutException">It does not in time; the message has the last answer.</exception>
    public static async Task<JsonNode> WaitForStream(this Stage stage, string id, Func<JsonNode, bool> wanted, TimeSpan timeout)
    {
        JsonNode? stream = null;
        await Until(async () => await Exists(stage, id) && wanted(stream = await stage.Stream(id)), timeout, () => $"stream {id}: {stream}");
        return stream!;
    }

    /// <summary>Waits until a condition holds, looking every 30 ms.</summary>
    /// <exception cref="TimeoutException">It does not in time; the message says what was seen last.</exception>
    public static async Task Until(Func<Task<bool>> holds, TimeSpan timeout, Func<string> seen)
    {
        using var deadline = new CancellationTokenSource(timeout);
        while (!await holds())
        {
            if (deadline.IsCancellationRequested)
                throw new TimeoutException($"not within {timeout.TotalSeconds:0.#} s; seen last: {seen()}");
            await Task.Delay(s_look, CancellationToken.None);
        }
    }

    // The service knows a stream from its first hook on.
    private static async Task<bool> Exists(Stage stage, string id)
    {
        using var answer = await stage.Service.Http.GetAsync(new Uri($"/v1/streams/{id}", UriKind.Relative), CancellationToken.None);
        return answer.IsSuccessStatusCode;
    }
}
