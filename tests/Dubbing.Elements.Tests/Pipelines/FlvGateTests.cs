using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Pipelines;

public class FlvGateTests
{
    private static readonly Recording Clip = Recording.FromFile(FixtureFiles.E);

    [Fact]
    public void Nothing_is_added_where_both_tracks_come() => Assert.Equal(Texts(Clip.Tags), Texts(Gate(Clip.Tags)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Audio_that_is_announced_and_does_not_come_is_begun_with_one_silent_frame(bool withConfiguration)
    {
        var tags = Clip.Tags.Where(tag => tag.Type != FlvTagType.Audio || (withConfiguration && tag.PacketType == 0)).ToList();
        var passed = Gate(tags);
        var added = passed.Where(tag => tag is { IsAac: true, PacketType: 1 }).ToList();
        Assert.InRange(Assert.Single(added).Timestamp - Clip.Tags.First(tag => tag is { IsAvc: true, PacketType: 1 }).Timestamp, 1000u, 1100u);
        // Where only metadata announces it, the configuration is that of its rate and channels: the clip's own.
        Assert.Equal(Clip.AudioConfigs[0].Hex[..4], Assert.Single(Recording.FromTags(passed).AudioConfigs).Hex[..4]);
        Assert.Equal(Texts(tags.Where(tag => tag.Type == FlvTagType.Video)), Texts(passed.Where(tag => tag.Type == FlvTagType.Video)));
    }

    [Fact]
    public void Without_an_announcement_there_is_no_audio()
    {
        var tags = Clip.Tags.Where(tag => tag.Type == FlvTagType.Video && tag.Timestamp < 2900).ToList();
        Assert.Equal(Texts(tags), Texts(Gate(tags)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Missing_audio_is_an_error_after_3_s_of_stream_whether_or_not_a_picture_could_be_shown(int from)
    {
        var pictures = Clip.Tags.Where(tag => tag is { IsAvc: true, PacketType: 1 }).Skip(from).ToList();
        Assert.Equal(from == 0, pictures[0].Payload.Span[0] >> 4 == 1);
        Assert.StartsWith("no audio track: in 3.0 s no AAC audio has come", Refused(pictures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FlvTagType.Audio, 0x2f, "no audio track: the audio is MP3, not AAC")]
    [InlineData(FlvTagType.Audio, 0xb6, "no audio track: the audio is Speex, not AAC")]
    [InlineData(FlvTagType.Audio, 0x5f, "no audio track: the audio is FLV's format 5, not AAC")]
    [InlineData(FlvTagType.Video, 0x12, "no video track: the video is H.263, not H.264")]
    [InlineData(FlvTagType.Video, 0x91, "no video track: the video is hvc1, not H.264", "hvc1")]
    [InlineData(FlvTagType.Video, 0x91, "no video track: the video is unknown, not H.264", "\n!..")]
    public void Another_codec_is_an_error_that_names_it(FlvTagType track, byte first, string error, string fourCc = "")
    {
        var other = Clip.Tags.Select(tag => tag.Type == track
            ? tag with { Payload = (byte[])[first, .. System.Text.Encoding.ASCII.GetBytes(fourCc), .. tag.Payload.Span[(1 + fourCc.Length)..]] }
            : tag).ToList();
        Assert.StartsWith(error, Refused(other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FlvTagType.Audio, 0x2f, "no audio track: the audio is MP3, not AAC", true)]
    [InlineData(FlvTagType.Audio, 0x2f, "no audio track: the audio is MP3, not AAC", false)]
    [InlineData(FlvTagType.Video, 0x1c, "no video track: the video is H.265, not H.264", true)]
    [InlineData(FlvTagType.Video, 0x1c, "no video track: the video is H.265, not H.264", false)]
    public void So_is_one_that_comes_later(FlvTagType track, byte first, string error, bool tagByTag)
    {
        var changed = Clip.Tags.Select(tag => tag.Type == track && tag.Timestamp > 3000 ? tag with { Payload = (byte[])[first, .. tag.Payload.Span[1..]] } : tag).ToList();
        Assert.StartsWith(error, tagByTag ? RefusedTags(changed) : Refused(changed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timestamps_that_begin_again_leap_forward_for_both_tracks_alike(bool tagByTag)
    {
        const uint Leap = 10_000;
        uint begin = 3_000_000, jump = 2500;
        static bool IsMedia(FlvTag tag) => tag.Type != FlvTagType.Script && tag.PacketType != 0;
        var published = Clip.Tags.Select(tag => tag with { Timestamp = !IsMedia(tag) ? 0 : tag.Timestamp < jump ? begin + tag.Timestamp : tag.Timestamp - jump }).ToList();
        var passed = (tagByTag ? GateTags(published) : Gate(published)).Where(IsMedia).ToList();
        var last = Clip.Tags.Last(tag => tag.Timestamp < jump).Timestamp;
        var media = Clip.Tags.Where(IsMedia).ToList();
        var first = media.Find(tag => tag.Timestamp >= jump)!.Timestamp;
        Assert.Equal(media.Select(tag => begin + tag.Timestamp + (tag.Timestamp < jump ? 0 : Leap - (first - last))), passed.Select(tag => tag.Timestamp));
    }

    [Fact]
    public void Pictures_without_a_key_frame_are_an_error_when_the_time_is_over()
    {
        var tags = Clip.Tags.Where(tag => !(tag is { IsAvc: true, PacketType: 1 } && tag.Payload.Span[0] >> 4 == 1)).ToList();
        Assert.StartsWith("no video track: in 2.0 s of stream no H.264 key frame has come", Refused(tags, "timeout=2000"), StringComparison.Ordinal);
    }

    private static string Refused(IEnumerable<FlvTag> tags, string properties = "")
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("in"), FlvWriter.ToBytes(tags));
        using var pipeline = new TestPipeline($"filesrc location={folder.File("in")} ! flvgate {properties} ! filesink location={folder.File("out")}");
        pipeline.Play();
        return pipeline.NextError();
    }

    private static List<string> Texts(IEnumerable<FlvTag> tags) => [.. tags.Select(tag => $"{tag.Type} {tag.Timestamp} {tag.Payload.Length}")];

    private static IReadOnlyList<FlvTag> Gate(IEnumerable<FlvTag> tags)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("in"), FlvWriter.ToBytes(tags));
        using (var pipeline = new TestPipeline($"filesrc location={folder.File("in")} ! flvgate ! filesink location={folder.File("out")}"))
        {
            pipeline.Play();
            pipeline.WaitForEos();
        }
        return FlvReader.ReadFile(folder.File("out"));
    }

    // In buffers as rtmp2src makes them: the file's header, then one tag each.
    private static IReadOnlyList<FlvTag> GateTags(IEnumerable<FlvTag> tags)
    {
        using var folder = new TemporaryFolder();
        using (var pipeline = new TestPipeline($"appsrc name=in caps=video/x-flv max-bytes=0 ! flvgate ! filesink location={folder.File("out")}"))
        {
            Push(pipeline, tags);
            pipeline.WaitForEos();
        }
        return FlvReader.ReadFile(folder.File("out"));
    }

    private static string RefusedTags(IEnumerable<FlvTag> tags)
    {
        using var pipeline = new TestPipeline("appsrc name=in caps=video/x-flv max-bytes=0 ! flvgate ! fakesink");
        Push(pipeline, tags);
        return pipeline.NextError();
    }

    private static void Push(TestPipeline pipeline, IEnumerable<FlvTag> tags)
    {
        pipeline.Play();
        using var source = pipeline.Element("in");
        var header = FlvWriter.ToBytes([]);
        foreach (var bytes in (byte[][])[header, .. tags.Select(tag => FlvWriter.ToBytes([tag])[header.Length..])])
        {
            if (Gst.App.AppSrc.PushBuffer(source, new Gst.Buffer(bytes)) != Gst.FlowReturn.Ok)
                return;
        }
        Gst.App.AppSrc.EndOfStream(source);
    }
}
