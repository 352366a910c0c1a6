using System.Net;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Captions;

/// <summary>Captions as a WebVTT file.</summary>
public class CaptionTests
{
    [Fact]
    public async Task Both_tracks_have_the_text_of_each_fragment_at_its_time()
    {
        await using var service = await TestService.StartAsync();
        var pipeline = await RunAsync(service);
        Answer(pipeline, 0, "one", "uno");
        Answer(pipeline, 1, "two & <b>three</b> --> four", "dos\r\n\r\n& --> tres");
        Play(pipeline, 0, 0, 5.994);
        Play(pipeline, 1, 5.994, 5.994);
        await SettleAsync(service, pipeline);
        using var answer = await service.AnswerAsync("/v1/streams/a/captions.vtt");
        Assert.Equal("text/vtt; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var run = (await service.GetAsync()).GetProperty("run_id").GetString();
        Assert.Equal(
            $"""
            WEBVTT

            NOTE
            Run {run}. 00:00:00.000 is the output's first packet (FLV timestamp 0).

            1
            00:00:00.000 --> 00:00:05.994
            uno

            2
            00:00:05.994 --> 00:00:11.988
            dos
            &amp; --&gt; tres

            """, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            [(0, 5.994, "one"), (5.994, 11.988, "two &amp; &lt;b&gt;three&lt;/b&gt; --&gt; four")],
            await WebVttReader.ReadAsync(await VttAsync(service, "original")));
        Assert.Equal(2, (await WebVttReader.ReadAsync(await VttAsync(service, "translated"))).Count);
    }

    [Fact]
    public async Task Text_counts_if_it_came_before_playout_whatever_is_heard()
    {
        await using var service = await TestService.StartAsync();
        var pipeline = await RunAsync(service);
        Answer(pipeline, 0, "no audio came back", "pero texto");
        Play(pipeline, 0, 0, 6, "fallback", "invalid_audio");
        Play(pipeline, 1, 6, 6, "fallback", "timeout");
        Answer(pipeline, 1, "too late", "tarde");
        Answer(pipeline, 2, "not translated", "");
        Play(pipeline, 2, 12, 6, "fallback", "failed");
        pipeline.Message("sts-fragment", ("fragment-id", ""), ("outcome", "fallback"), ("start-time", 18_000_000_000UL), ("duration", 0UL));
        await SettleAsync(service, pipeline);
        Assert.Equal([(0, 6, "no audio came back"), (12, 18, "not translated")], await WebVttReader.ReadAsync(await VttAsync(service, "original")));
        Assert.Equal([(0, 6, "pero texto")], await WebVttReader.ReadAsync(await VttAsync(service, "translated")));
    }

    [Fact]
    public async Task Times_count_from_the_outputs_first_packet_and_anew_with_each_output()
    {
        await using var service = await TestService.StartAsync();
        // The file for this source type has an avgate.
        var pipeline = await RunAsync(service, "rtspSession");
        Answer(pipeline, 0, "before the first picture", "x");
        Answer(pipeline, 1, "cut by it", "x");
        Play(pipeline, 0, 0, 1);
        pipeline.Message("avgate-open", ("running-time", 2_500_000_000UL));
        Play(pipeline, 1, 1, 6);
        await SettleAsync(service, pipeline);
        Assert.Equal([(0, 4.5, "cut by it")], await WebVttReader.ReadAsync(await VttAsync(service, "original")));

        pipeline.Fail("gone", "out", "rtmp2sink");
        await service.UntilRetryAsync();
        // What was sent can still be read until there is another output.
        Assert.Single(await WebVttReader.ReadAsync(await VttAsync(service, "original")));
        service.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await service.Launcher.NextAsync();
        second.Run();
        second.Message("avgate-open", ("running-time", 100_000_000UL));
        Answer(second, 2, "again", "x");
        Play(second, 2, 3.1, 6);
        await SettleAsync(service, second);
        Assert.Equal([(3, 9, "again")], await WebVttReader.ReadAsync(await VttAsync(service, "original")));
    }

    [Fact]
    public async Task The_oldest_go_first_by_number_and_by_age()
    {
        await using var service = await TestService.StartAsync();
        var pipeline = await RunAsync(service);
        for (var i = 0; i < 1003; i++)
        {
            Answer(pipeline, i, $"t{i}", "");
            Play(pipeline, i, i * 6, 6);
        }

        await SettleAsync(service, pipeline);
        var cues = await WebVttReader.ReadAsync(await VttAsync(service, "original"));
        Assert.Equal((1000, (18, 24, "t3"), "t1002"), (cues.Count, cues[0], cues[^1].Text));
        Assert.Equal("01:40:12.000 --> 01:40:18.000", (await VttAsync(service, "original")).Split('\n')[^3]);
        service.Time.Advance(TimeSpan.FromHours(1));
        Answer(pipeline, 1003, "new", "");
        Play(pipeline, 1003, 400_000, 6);
        await SettleAsync(service, pipeline);
        service.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal([(400_000, 400_006, "new")], await WebVttReader.ReadAsync(await VttAsync(service, "original")));
        Assert.EndsWith("111:06:40.000 --> 111:06:46.000\nnew\n", await VttAsync(service, "original"));
    }

    [Fact]
    public async Task Wrong_requests_get_a_problem_and_an_empty_stream_an_empty_file()
    {
        await using var service = await TestService.StartAsync();
        foreach (var path in new[] { "/v1/streams/a/captions.vtt", "/v1/streams/a/captions" })
        {
            using var unknown = await service.AnswerAsync(path);
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType!.MediaType));
        }

        await RunAsync(service);
        using var wrong = await service.AnswerAsync("/v1/streams/a/captions.vtt?track=latin");
        Assert.Equal((HttpStatusCode)422, wrong.StatusCode);
        Assert.Equal("track", TestService.Field(await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "field"));
        Assert.Empty(await WebVttReader.ReadAsync(await VttAsync(service, "original")));
    }

    [Fact]
    public async Task What_people_said_stands_in_captions_only()
    {
        await using var service = await TestService.StartAsync();
        var pipeline = await RunAsync(service);
        Answer(pipeline, 0, "private-words", "private-words");
        Play(pipeline, 0, 0, 6);
        await SettleAsync(service, pipeline);
        Assert.Contains("private-words", await VttAsync(service, "original"));
        foreach (var path in new[] { "/metrics", "/v1/streams", "/v1/streams/a", "/v1/streams/a/fragments", "/v1/streams/a/graph" })
            Assert.DoesNotContain("private-words", await service.TextAsync(path));
    }

    internal static async Task<FakePipeline> RunAsync(TestService service, string sourceType = "rtmpConn")
    {
        await service.ReadyAsync(type: sourceType);
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Run();
        return pipeline;
    }

    internal static void Answer(FakePipeline pipeline, int index, string transcript, string translated) => pipeline.Message(
        "sts-fragment-processed", ("fragment-id", $"f{index}"), ("status", "success"), ("transcript", transcript), ("translated-text", translated));

    internal static void Play(FakePipeline pipeline, int index, double start, double duration, string outcome = "dubbed", string reason = "") => pipeline.Message(
        "sts-fragment", ("fragment-id", $"f{index}"), ("index", (ulong)index), ("outcome", outcome), ("reason", reason),
        ("start-time", (ulong)Math.Round(start * 1e9)), ("duration", (ulong)Math.Round(duration * 1e9)));

    /// <summary>Waits until everything that was posted has been taken in: a delay of its own tells.</summary>
    internal static async Task SettleAsync(TestService service, FakePipeline pipeline)
    {
        var delay = (await service.UntilAsync(status => status.DelaySeconds is not null)).DelaySeconds!.Value + 1;
        pipeline.Post(new Dubbing.Pipeline.PipelineLatencyChanged(service.Time.GetUtcNow(), TimeSpan.FromSeconds(delay)));
        await service.UntilAsync(status => status.DelaySeconds == delay);
    }

    private static Task<string> VttAsync(TestService service, string track) => service.TextAsync($"/v1/streams/a/captions.vtt?track={track}");
}
