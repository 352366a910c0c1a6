using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class PassedOnCheckTests
{
    private const int KeyFrame = 60;

    [Fact]
    public void A_piece_from_a_key_frame_on_passes()
    {
        var check = PassedOnCheck.Run(Clips.E, Piece());
        Assert.True(check.Ok, $"{check}");
        Assert.Equal((KeyFrame, 10), (check.Figures["video before"], check.Figures["video after"]));
    }

    [Fact]
    public void A_piece_that_begins_elsewhere_fails() => Fails(PassedOnCheck.Run(Clips.E, Piece(first: KeyFrame + 1)), "does not begin with a key frame");

    [Fact]
    public void A_missing_picture_fails() =>
        Fails(Edited((tags, type) => tags.RemoveAt(Edit.Media(tags, type)[20]), FlvTagType.Video), "video packet 20 of");

    [Fact]
    public void A_missing_audio_packet_fails() =>
        Fails(Edited((tags, type) => tags.RemoveAt(Edit.Media(tags, type)[20]), FlvTagType.Audio), "audio packet 20 of");

    [Fact]
    public void A_moved_audio_packet_fails_where_the_server_relays_as_it_is()
    {
        var moved = Edit.Tags(Piece(), tags => Edit.Retime(tags, Edit.Media(tags, FlvTagType.Audio)[20], 1));
        Fails(PassedOnCheck.Run(Clips.E, moved), "audio packet 20 of");
        Assert.True(PassedOnCheck.Run(Clips.E, moved, relayedAsIs: false).Ok);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void A_reader_that_was_let_go_a_little_before_the_target_is_believed(int fewer, bool passes)
    {
        var left = Edit.Tags(Clips.E, tags =>
        {
            foreach (var place in Edit.Media(tags, FlvTagType.Audio).TakeLast(fewer).Reverse()) tags.RemoveAt(place);
        });
        Assert.Equal(passes, PassedOnCheck.Run(left, Clips.E).Ok);
    }

    [Fact]
    public void Nothing_at_all_fails() => Fails(PassedOnCheck.Run(Clips.E, Recording.FromTags([])), "no video came");

    private static CheckResult Edited(Action<List<FlvTag>, FlvTagType> edit, FlvTagType type) =>
        PassedOnCheck.Run(Clips.E, Edit.Tags(Piece(), tags => edit(tags, type)));

    // As of a reader who joined: the configurations, then the middle without the last ten pictures.
    private static Recording Piece(int first = KeyFrame) => Edit.Tags(Clips.E, tags =>
    {
        var pictures = Edit.Media(tags, FlvTagType.Video);
        tags.RemoveRange(pictures[^10], tags.Count - pictures[^10]);
        var media = tags.Take(pictures[first]).Where(tag => tag.Type != FlvTagType.Script && tag.PacketType == 1).ToHashSet();
        tags.RemoveAll(media.Contains);
    });

    private static void Fails(CheckResult check, string problem)
    {
        Assert.False(check.Ok);
        Assert.Contains(check.Problems, text => text.Contains(problem, StringComparison.Ordinal));
    }
}
