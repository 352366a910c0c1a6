using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Tests.Servers;

/// <summary>The media server of the end-to-end tests: MediaMTX where MEDIAMTX_BIN names one, else nginx and GStreamer's RTSP server.</summary>
public sealed class MediaServerTests(Clip clip) : IClassFixture<Clip>
{
    private const string Path = "live/demo-1/in";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_clipLimit = TimeSpan.FromSeconds(Clip.Seconds + 10);

    [Fact]
    public async Task A_publisher_runs_the_hook_when_it_comes_and_when_it_goes()
    {
        using var receiver = new HookReceiver();
        await using var server = await MediaServers.Start(["demo-1", "other"], receiver.Url);

        var publisher = Publisher.Start(clip.File, server.RtmpUrl(Path) + "?lang=es&voice=a%22b;$HOME");
        var ready = await receiver.Next();
        await server.WaitForPublisher(Path, s_limit);
        await publisher.Stop();
        var gone = await receiver.Next();
        await server.WaitForNoPublisher(Path, s_limit);

        Assert.Equal(("/v1/mediamtx/events/ready", Path, "rtmpConn"), (ready.Url, ready.Path, ready.SourceType));
        // MediaMTX encodes the query as a whole from 1.18.1 on.
        Assert.Contains(ready.Query, new[] { "lang=es&voice=a%22b;$HOME", Uri.EscapeDataString("lang=es&voice=a%22b;$HOME") });
        Assert.NotEmpty(ready.SourceId);
        Assert.Equal(ready with { Url = "/v1/mediamtx/events/not-ready" }, gone);

        await using var second = Publisher.Start(clip.File, server.RtmpUrl("live/other/in"));
        var other = await receiver.Next();
        Assert.Equal(("live/other/in", ""), (other.Path, other.Query));
        Assert.NotEqual(ready.SourceId, other.SourceId);
        await publisher.DisposeAsync();
    }

    [Fact]
    public async Task Over_rtmp_a_late_reader_gets_every_packet_with_the_publishers_timestamp()
    {
        using var folder = new TemporaryFolder();
        await using var server = await MediaServers.Start(["demo-1"], hookUrl: null);
        await using var publisher = Publisher.Start(clip.File, server.RtmpUrl(Path));
        await server.WaitForPublisher(Path, s_limit);

        var recording = folder.File("relay.mkv");
        await using var reader = ChildProcess.Start("ffmpeg",
            ["-nostdin", "-loglevel", "error", "-copyts", "-i", server.RtmpUrl(Path), "-c", "copy", "-copyts", recording]);
        Assert.Equal(0, await publisher.Finished.WaitAsync(s_clipLimit, TestContext.Current.CancellationToken));
        await reader.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken);

        var (video, audio) = await Shifts(recording);
        var seconds = Clip.Seconds - 3 - server.TrackSearch.TotalSeconds;
        Assert.True(video.Length > 30 * seconds, $"{video.Length} pictures");
        Assert.True(audio.Length > 46 * seconds, $"{audio.Length} audio packets");
        Assert.All(video.Concat(audio), shift => Assert.InRange(shift, -1, 1));
    }

    [Fact]
    public async Task Over_rtsp_a_late_reader_gets_sound_and_picture_together()
    {
        const int settled = 5 * 30;
        using var folder = new TemporaryFolder();
        await using var server = await MediaServers.Start(["demo-1"], hookUrl: null);
        // Measured 0.0; before the first RTCP report a reader can't know how the tracks lie to each other. MediaMTX's reports
        // don't name the sender, so that it never knows more than when their packets came: measured 19.
        var tolerance = server.RelaysAsIs ? 5 : 1000 / 30.0;
        await using var publisher = Publisher.Start(clip.File, server.RtmpUrl(Path));
        await server.WaitForPublisher(Path, s_limit);

        var recording = folder.File("rtsp.mkv");
        const string queue = "queue max-size-time=0 max-size-bytes=0 max-size-buffers=0";
        var pipeline = $"rtspsrc location={server.RtspUrl(Path)} protocols=tcp latency=200 name=in "
            + $"in. ! rtph264depay ! h264parse ! {queue} ! matroskamux name=m ! filesink location={recording} "
            + $"in. ! rtpmp4gdepay ! aacparse ! {queue} ! m.";
        await using var reader = ChildProcess.Start("gst-launch-1.0", ["-e", "-q", .. pipeline.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        await publisher.Finished.WaitAsync(s_clipLimit, TestContext.Current.CancellationToken);
        reader.Signal(UnixSignal.Interrupt);
        await reader.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken);

        var (video, audio) = await Shifts(recording);
        Assert.True(video.Length > settled + 30, $"{video.Length} pictures{reader.Tail()}");
        Assert.True(audio.Length > 46 * 7, $"{audio.Length} audio packets");
        var sound = audio[^1];
        Assert.All(video[settled..], picture => Assert.InRange(sound - picture, -tolerance, tolerance));
    }

    [Fact]
    public async Task Nothing_is_left_running_or_listening()
    {
        var server = await NginxMediaServer.Start(["demo-1"], new NginxRtmpOptions());
        int[] processes = [server.Rtmp.Process.Id, server.Rtsp.Process.Id];

        await server.DisposeAsync();

        foreach (var process in processes)
            await ChildProcessTests.Gone(process);
        using var client = new System.Net.Sockets.TcpClient();
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => client.ConnectAsync(
            "127.0.0.1", new Uri(server.RtmpBase).Port, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task A_reader_is_thrown_out_with_the_publisher_unless_told_to_keep_it()
    {
        await using var strict = await NginxRtmp.Start(["demo-1"], new NginxRtmpOptions());
        await using var reader = Read(strict);
        await reader.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken);

        await using var patient = await NginxRtmp.Start(["demo-1"], new NginxRtmpOptions { KeepIdleReaders = true });
        await using var waiting = Read(patient);
        await using var publisher = Publisher.Start(clip.File, $"{patient.RtmpBase}/{Path}");
        await waiting.WaitForLine("got data", s_limit);
    }

    private static ChildProcess Read(NginxRtmp server) => ChildProcess.Start("sh",
        ["-c", $"gst-launch-1.0 -q rtmp2src location={server.RtmpBase}/{Path} num-buffers=20 ! fakesink && echo got data"]);

    private async Task<(double[] Video, double[] Audio)> Shifts(string recording) =>
        (Packets.Shifts(await Packets.Times(clip.File, 'v'), await Packets.Times(recording, 'v')),
         Packets.Shifts(await Packets.Times(clip.File, 'a'), await Packets.Times(recording, 'a')));
}
