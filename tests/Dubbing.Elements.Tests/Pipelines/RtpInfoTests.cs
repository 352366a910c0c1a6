using System.Buffers.Binary;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Tests.Pipelines;

/// <summary>Two RTP tracks whose timestamps each begin at 0, as rtspsrc gives them: the distance between them comes from RTP-Info.</summary>
[Collection(nameof(PipelineCollection))]
public class RtpInfoTests
{
    private const uint VideoBase = 4_294_967_290;
    private const uint AudioBase = 1000;

    // The first picture is 100 ms into the presentation, the first sound 87.
    private const double First = 0.1;
    private const double Earlier = 0.013;

    [Fact]
    public void Tracks_lie_to_each_other_as_the_server_says_also_when_timestamps_wrap()
    {
        using var tracks = new Tracks(VideoBase, AudioBase);
        tracks.Push("video", First, 0);
        tracks.Push("audio", First - Earlier, 0);
        Assert.Equal(Earlier, tracks.Pull("video") - tracks.Pull("audio"), 4);
        tracks.Push("video", First + 1, 1);
        tracks.Push("audio", First - Earlier + 1, 1);
        Assert.Equal(Earlier, tracks.Pull("video") - tracks.Pull("audio"), 4);
    }

    [Fact]
    public void Timestamps_are_kept_where_the_server_does_not_say()
    {
        using var tracks = new Tracks(VideoBase, null);
        tracks.Push("video", First, 0);
        tracks.Push("audio", First - Earlier, 0);
        // The picture may have left before that was known of audio.
        tracks.Pull("video");
        tracks.Pull("audio");
        tracks.Push("video", First + 1, 1);
        tracks.Push("audio", First - Earlier + 1, 1);
        Assert.Equal(0, tracks.Pull("video") - tracks.Pull("audio"), 4);
    }

    [Fact]
    public void A_distance_of_more_than_3_s_is_not_believed()
    {
        using var tracks = new Tracks(VideoBase, AudioBase);
        tracks.Push("video", First, 0);
        tracks.Push("audio", First + 3.2, 0);
        tracks.Pull("video");
        tracks.Pull("audio");
        tracks.Push("video", First + 1, 1);
        tracks.Push("audio", First + 4.2, 1);
        Assert.Equal(0, tracks.Pull("video") - tracks.Pull("audio"), 4);
    }

    [Fact]
    public void What_rtcp_has_brought_together_stays_so()
    {
        using var tracks = new Tracks(VideoBase, AudioBase);
        tracks.Push("video", First, 0);
        tracks.Push("audio", First - Earlier, 0);
        var picture = tracks.Pull("video");
        tracks.Pull("audio");
        // rtspsrc learns that audio is 20 ms earlier than the picture, not 13, and moves it.
        tracks.Push("audio", First - Earlier + 1, 1 - 0.02);
        tracks.Push("video", First + 1, 1);
        Assert.Equal(0.02, tracks.Pull("video") - tracks.Pull("audio"), 4);
        tracks.Push("video", First + 2, 2);
        Assert.Equal(picture + 2, tracks.Pull("video"), 4);
    }

    private sealed class Tracks : IDisposable
    {
        private const int VideoRate = 90000;
        private const int AudioRate = 48000;

        private static readonly string[] s_ends = ["video-in", "audio-in", "video-out", "audio-out"];

        private readonly TestPipeline _pipeline;
        private readonly Dictionary<string, Element> _ends;
        private readonly uint? _videoBase;
        private readonly uint? _audioBase;

        public Tracks(uint? videoBase, uint? audioBase)
        {
            (_videoBase, _audioBase) = (videoBase, audioBase);
            static string Track(string name, int rate, uint? clockBase) =>
                $"appsrc name={name}-in format=time caps=\"application/x-rtp,media={name},clock-rate={rate}{(clockBase is { } value ? $",clock-base=(uint){value}" : "")}\""
                + $" ! rtpinfo ! tracks.{name}_sink tracks.{name}_src ! appsink name={name}-out sync=false async=false ";
            _pipeline = new TestPipeline("livetimestamper name=tracks " + Track("video", VideoRate, videoBase) + Track("audio", AudioRate, audioBase));
            _ends = s_ends.ToDictionary(name => name, _pipeline.Element);
            _pipeline.Play();
        }

        /// <param name="track">video or audio.</param>
        /// <param name="presentation">Time of the packet in the presentation, in s.</param>
        /// <param name="pts">What rtspsrc gives it, in s.</param>
        public void Push(string track, double presentation, double pts)
        {
            var (rate, clockBase) = track == "video" ? (VideoRate, _videoBase) : (AudioRate, _audioBase);
            var packet = new byte[16];
            packet[0] = 0x80;
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), unchecked((clockBase ?? 0) + (uint)Math.Round(presentation * rate)));
            Assert.Equal(FlowReturn.Ok, AppSrc.PushBuffer(_ends[track + "-in"], new Gst.Buffer(packet) { Pts = (ulong)Math.Round(pts * 1e9) }));
        }

        /// <summary>The running time of what comes out next, in s.</summary>
        public double Pull(string track)
        {
            using var sample = AppSink.TryPullSample(_ends[track + "-out"], 10 * Clock.Second);
            Assert.NotNull(sample);
            using var buffer = sample.Buffer!;
            return buffer.Pts / 1e9;
        }

        public void Dispose()
        {
            _pipeline.Stop();
            foreach (var end in _ends.Values)
                end.Dispose();
            _pipeline.Dispose();
        }
    }
}
