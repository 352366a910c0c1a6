using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dubbing.Service.Streams;

namespace Dubbing.Service.MediaServer;

/// <summary>MediaMTX's control API, as far as it is needed: which streams are published. Reads both generations of its answers:
/// <c>ready</c>, and from 1.16 on <c>available</c>. Thread-safe.</summary>
/// <param name="http">With a time limit and without a base address.</param>
internal sealed class ControlApi(HttpClient http)
{
    private const int ItemsPerPage = 500;
    private const int MostPages = 200;

    /// <summary>Publishers of all paths <c>live/{id}/in</c> that can be read now, by stream. Their queries are not in it.</summary>
    /// <param name="address">The API's address; may carry user and password.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="ControlApiException">The API can't be reached, or refuses, or says something else.</exception>
    public async Task<IReadOnlyDictionary<string, StreamSource>> PublishersAsync(Uri address, CancellationToken cancel)
    {
        var publishers = new Dictionary<string, StreamSource>();
        // What goes between two pages moves the others, and one of them to a page that was read already: it is on the second reading.
        if (await ReadAsync(address, publishers, cancel) > 1) await ReadAsync(address, publishers, cancel);
        return publishers;
    }

    // Adds to what was read before; how many pages were read.
    private async Task<int> ReadAsync(Uri address, Dictionary<string, StreamSource> publishers, CancellationToken cancel)
    {
        var page = 0;
        for (var pages = 1; page < Math.Min(pages, MostPages); page++)
        {
            using var list = await GetAsync(address, $"/v3/paths/list?itemsPerPage={ItemsPerPage}&page={page}", cancel);
            if (Field(list.RootElement, "items") is not { ValueKind: JsonValueKind.Array } items)
                throw new ControlApiException("its list of paths has no items; is it MediaMTX's control API?");
            foreach (var item in items.EnumerateArray())
            {
                if (IsReady(item) && StreamPath.Parse(Text(item, "name")) is { IsInput: true } path) publishers[path.StreamId] = SourceOf(item);
            }

            pages = Field(list.RootElement, "pageCount") is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var number) ? number : 1;
        }

        return page;
    }

    /// <summary>The query of a publisher's URL; null when it is not known.</summary>
    /// <exception cref="ControlApiException">The API can't be reached.</exception>
    public async Task<string?> QueryAsync(Uri address, StreamSource source, CancellationToken cancel)
    {
        // rtmpConn is among rtmpconns, webRTCSession among webrtcsessions. Others have no query.
        var kind = source.Type.ToLowerInvariant();
        if (!kind.All(char.IsAsciiLetter) || !(kind.EndsWith("conn", StringComparison.Ordinal) || kind.EndsWith("session", StringComparison.Ordinal))) return null;
        using var connection = await GetAsync(address, $"/v3/{kind}s/get/{Uri.EscapeDataString(source.Id)}", cancel);
        return Text(connection.RootElement, "query");
    }

    private async Task<JsonDocument> GetAsync(Uri address, string path, CancellationToken cancel)
    {
        var plain = new UriBuilder(address) { UserName = "", Password = "" }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(plain, path));
        if (address.UserInfo.Length > 0)
        {
            var user = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", user);
        }

        try
        {
            using var response = await http.SendAsync(request, cancel);
            if (!response.IsSuccessStatusCode) throw new ControlApiException(Refusal((int)response.StatusCode));
            return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
        }
        catch (HttpRequestException e)
        {
            throw new ControlApiException($"it can't be reached: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new ControlApiException($"it does not answer within {http.Timeout.TotalSeconds:0} s");
        }
        catch (JsonException)
        {
            throw new ControlApiException("its answer is no JSON; is it MediaMTX's control API?");
        }
    }

    private static string Refusal(int status) => status is 401 or 403
        ? $"it answers {status}: allow this address the action api, or give MediaServer:User and Password"
        : $"it answers {status}";

    private static bool IsReady(JsonElement item) => (Field(item, "available") ?? Field(item, "ready")) is { ValueKind: JsonValueKind.True };

    private static StreamSource SourceOf(JsonElement item) => Field(item, "source") is { ValueKind: JsonValueKind.Object } source
        ? new StreamSource(Text(source, "id"), Text(source, "type"), null)
        : new StreamSource("", "", null);

    private static string Text(JsonElement item, string name) =>
        Field(item, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    // Null also for what is no object.
    private static JsonElement? Field(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : null;
}
