using System.Net.ServerSentEvents;

namespace Dubbing.Service.Tests.Fakes;

/// <summary>A client of server-sent events. Every wait is bounded.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventStream(HttpResponseMessage response, Stream body) => (_response, _lines) = (response, new StreamReader(body));

    public HttpResponseMessage Response => _response;

    /// <summary>Connects; the answer's head has come.</summary>
    public static async Task<EventStream> OpenAsync(HttpClient http, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next block of lines, up to the empty one; null at the end.</summary>
    /// <param name="beats">Heartbeats count; else they are passed over.</param>
    public async Task<string?> NextAsync(bool beats = false)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var block = new List<string>();
        while (await _lines.ReadLineAsync(bound.Token) is { } line)
        {
            if (line == ":" && !beats) await _lines.ReadLineAsync(bound.Token);
            else if (line.Length == 0) return string.Join('\n', block);
            else block.Add(line);
        }

        return null;
    }

    /// <summary>All events up to the end, read by .NET's own parser.</summary>
    public async Task<List<SseItem<string>>> RestAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await SseParser.Create(_lines.BaseStream).EnumerateAsync(bound.Token).ToListAsync(bound.Token);
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
