using System.Net.Sockets;
using System.Text;
using Dubbing.Service.Feeds;
using Dubbing.Service.Streams;
using Dubbing.Service.Tests.Fakes;
using static Dubbing.Service.Tests.Captions.CaptionTests;

namespace Dubbing.Service.Tests.Captions;

/// <summary>Captions as server-sent events.</summary>
public class CaptionEventTests
{
    private const string Path = "/v1/streams/a/captions";

    // Captions of 12 KB each that the queue and the sockets' buffers hold: far fewer.
    private const int MostOnTheWay = 5000;

    [Fact]
    public async Task Each_caption_is_an_event_and_the_end_of_the_stream_is_the_end()
    {
        await using var service = await TestService.StartAsync();
        var pipeline = await RunAsync(service);
        Answer(pipeline, 0, "before", "antes");
        Play(pipeline, 0, 0, 6);
        await SettleAsync(service, pipeline);
        using var client = await EventStream.OpenAsync(service.Http, Path);
        Assert.Equal("text/event-stream", client.Response.Content.Headers.ContentType!.ToString());
        Assert.True(client.Response.Headers.CacheControl!.NoStore);
        Assert.Equal("retry: 3000", await client.NextAsync());
        var run = (await service.GetAsync()).GetProperty("run_id").GetString();
        Assert.Equal(
            $$"""
            id: {{run}}/1
            data: {"output":1,"index":0,"start":0,"end":6,"outcome":"dubbed","original":"before","translated":"antes"}
            """, await client.NextAsync());
        Answer(pipeline, 1, "a\n\nb", "");
        Play(pipeline, 1, 6, 6, "fallback", "failed");
        Assert.Equal(
            $$"""
            id: {{run}}/2
            data: {"output":1,"index":1,"start":6,"end":12,"outcome":"fallback","original":"a\nb"}
            """, await client.NextAsync());
        await service.NotReadyAsync();
        service.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await client.NextAsync());

        // A late joiner gets what is kept, and the end.
        using var late = await EventStream.OpenAsync(service.Http, Path);
        Assert.Equal([$"{run}/1", $"{run}/2"], (await late.RestAsync()).Select(item => item.EventId));
    }

    [Fact]
    public async Task A_client_that_comes_back_goes_on_where_it_was()
    {
        await using var service = await TestService.StartAsync();
        var pipeline = await RunAsync(service);
        for (var i = 0; i < 3; i++)
        {
            Answer(pipeline, i, $"t{i}", "");
            Play(pipeline, i, i * 6, 6);
        }

        await SettleAsync(service, pipeline);
        var run = (await service.GetAsync()).GetProperty("run_id").GetString();
        foreach (var (id, first) in new[] { ($"{run}/2", 3), ("another-run/2", 1), ($"{run}/x", 1), ("", 1) })
        {
            using var client = await EventStream.OpenAsync(service.Http, Path, id);
            Assert.StartsWith("retry", await client.NextAsync());
            Assert.StartsWith($"id: {run}/{first}\n", await client.NextAsync());
        }
    }

    [Fact]
    public async Task An_idle_connection_is_kept_open()
    {
        await using var service = await TestService.StartAsync();
        await RunAsync(service);
        using var client = await EventStream.OpenAsync(service.Http, Path);
        Assert.StartsWith("retry", await client.NextAsync());
        for (var beat = 0; beat < 2; beat++)
        {
            var next = client.NextAsync(beats: true);
            // The server begins to wait some time after the client got what came before.
            while (!next.IsCompleted)
            {
                service.Time.Advance(ServerSentEvents.Heartbeat);
                await Task.Yield();
            }

            Assert.Equal(":", await next);
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_dropped_and_the_stream_goes_on()
    {
        await using var service = await TestService.StartAsync();
        var pipeline = await RunAsync(service);
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        await slow.SendAsync(Encoding.ASCII.GetBytes($"GET {Path} HTTP/1.1\r\nHost: x\r\n\r\n"), TestContext.Current.CancellationToken);
        var feed = service.Streams.Find("a")!.Run!.Captions.Feed;
        // It follows before it is answered.
        var buffer = new byte[65536];
        Assert.NotEqual(0, await slow.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal(1, feed.Readers);
        // Outside ASCII: each becomes six bytes of JSON.
        var text = new string('ü', 1000);
        var published = 0;
        while (feed.Readers > 0)
        {
            Assert.InRange(published, 0, MostOnTheWay);
            Answer(pipeline, published, text, text);
            Play(pipeline, published, published * 6, 6);
            await SettleAsync(service, pipeline);
            published++;
        }

        Assert.Equal(StreamState.Starting, service.Streams.Find("a")!.Status.State);
        Assert.Equal(published, feed.Kept[^1].Number);
        // What had been sent can be read; then the connection is reset, not ended as if that were all.
        var failure = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await slow.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }
}
