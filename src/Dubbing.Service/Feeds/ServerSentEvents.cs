using System.Globalization;
using System.Text;
using System.Text.Json;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Feeds;

/// <summary>Answers a request with a feed as server-sent events: what is kept, then what follows, until the feed ends.</summary>
/// <remarks>An event's id is <c>{run id}/{number}</c>, so a client that comes back with <c>Last-Event-ID</c> goes on where it was,
/// and gets everything of a run that it does not know.</remarks>
internal static class ServerSentEvents
{
    /// <summary>How often an idle connection is written to, so that whoever is in between keeps it open.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>The answer.</summary>
    /// <param name="feed">What is told.</param>
    /// <param name="run">The run that it belongs to.</param>
    /// <param name="name">The event name of an entry; null: the default one, <c>message</c>.</param>
    /// <param name="data">What an entry says, to be written as JSON.</param>
    public static IResult Of<T>(Feed<T> feed, string run, Func<T, string?> name, Func<T, object> data) => new Answer<T>(feed, run, name, data);

    private sealed class Answer<T>(Feed<T> feed, string run, Func<T, string?> name, Func<T, object> data) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using var reader = feed.Read(After(httpContext.Request.Headers["Last-Event-ID"].ToString()));
            if (reader is null)
            {
                await Problems.Of(429, "Too many readers", "as many clients follow this stream as may").ExecuteAsync(httpContext);
                return;
            }

            using var gone = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, reader.Dropped);
            try
            {
                await WriteAsync(httpContext, reader, gone.Token);
            }
            catch (OperationCanceledException) when (gone.IsCancellationRequested)
            {
                // Dropped or gone: either way there is nobody to tell.
                httpContext.Abort();
            }
        }

        private async Task WriteAsync(HttpContext http, FeedReader<T> reader, CancellationToken stop)
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            // nginx would hold events back until its buffer is full.
            http.Response.Headers["X-Accel-Buffering"] = "no";
            // Also sends the headers, so that the client knows that it is connected.
            await http.Response.WriteAsync("retry: 3000\n\n", stop);
            await http.Response.Body.FlushAsync(stop);
            foreach (var item in reader.Kept) await WriteAsync(http, item, stop);
            var time = http.RequestServices.GetRequiredService<TimeProvider>();
            for (var next = NextAsync(); ;)
            {
                try
                {
                    if (!await next.WaitAsync(Heartbeat, time, stop)) return;
                    while (reader.Following.TryRead(out var item)) await WriteAsync(http, item, stop);
                    next = NextAsync();
                }
                catch (TimeoutException)
                {
                    await http.Response.WriteAsync(":\n\n", stop);
                }
            }

            Task<bool> NextAsync() => reader.Following.WaitToReadAsync(stop).AsTask();
        }

        private Task WriteAsync(HttpContext http, FeedItem<T> item, CancellationToken stop)
        {
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"id: {run}/{item.Number}\n");
            if (name(item.Value) is { } type) text.Append(CultureInfo.InvariantCulture, $"event: {type}\n");
            // JSON has no raw line breaks, so it is one line whatever it says.
            text.Append(CultureInfo.InvariantCulture, $"data: {JsonSerializer.Serialize(data(item.Value), ApiJson.Options)}\n\n");
            return http.Response.WriteAsync(text.ToString(), stop);
        }

        private long After(string lastEventId) =>
            lastEventId.StartsWith($"{run}/", StringComparison.Ordinal)
            && long.TryParse(lastEventId.AsSpan(run.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
