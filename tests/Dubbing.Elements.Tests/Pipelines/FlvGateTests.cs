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
        var tags = Clip.Tags.Where(tag => tag.Type == FlvTagType.Video).ToList();
        Assert.Equal(Texts(tags), Texts(Gate(tags)));
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
}
