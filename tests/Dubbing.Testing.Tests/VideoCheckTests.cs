using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class VideoCheckTests
{
    [Fact]
    public void A_late_join_at_an_IDR_passes_and_elsewhere_fails()
    {
        Assert.True(VideoCheck.Run(Clips.E, From(60)).Ok);
        Fails(VideoCheck.Run(Clips.E, From(61)), "which is no IDR");
    }

    [Fact]
    public void Beginning_later_than_the_first_IDR_after_the_join_fails()
    {
        var input = Edit.Stamped(Clips.E, 0);
        var joined = input.Video[10].ArrivalNs;
        Assert.True(VideoCheck.Run(input, From(60), joined).Ok);
        Fails(VideoCheck.Run(input, From(120), joined), "the first IDR after joining is 60");
    }

    [Fact]
    public void A_missing_picture_fails() =>
        Fails(EditPictures((tags, video) => tags.RemoveAt(video[70])), "1 input pictures from 70 on are missing");

    [Fact]
    public void A_missing_end_fails() =>
        Fails(EditPictures((tags, video) => tags.RemoveRange(video[140], tags.Count - video[140])), "the input's last 10 pictures are missing");

    [Fact]
    public void A_repeated_picture_fails() =>
        Fails(EditPictures((tags, video) => tags.Insert(video[71], tags[video[70]])), "repeats input picture 70");

    [Fact]
    public void A_changed_byte_in_a_slice_fails() =>
        Fails(
            EditPictures((tags, video) =>
            {
                var payload = tags[video[70]].Payload.ToArray();
                payload[^1] ^= 1;
                tags[video[70]] = tags[video[70]] with { Payload = payload };
            }),
            "is not in the input");

    [Fact]
    public void A_wrong_composition_time_fails() =>
        Fails(
            EditPictures((tags, video) =>
            {
                var payload = tags[video[70]].Payload.ToArray();
                payload[4] += 2;
                tags[video[70]] = tags[video[70]] with { Payload = payload };
            }),
            "PTS − DTS of picture 70");

    [Fact]
    public void Equal_and_falling_DTS_fail()
    {
        Fails(EditPictures((tags, video) => Edit.Retime(tags, video[70], -33)), "DTS");
        Fails(EditPictures((tags, video) => Edit.Retime(tags, video[70], -34)), "DTS");
    }

    [Fact]
    public void A_step_over_one_and_a_half_frames_fails() =>
        Fails(
            EditPictures((tags, video) => video.Skip(70).ToList().ForEach(v => Edit.Retime(tags, v, 20))), "DTS steps 5");

    [Fact]
    public void Another_stream_fails() => Fails(VideoCheck.Run(Clips.A, Clips.C), "is not in the input");

    [Fact]
    public void A_looped_input_is_aligned_to_its_end()
    {
        var length = (int)Clips.E.VideoEndMs;
        var looped = Recording.FromTags(Clips.E.Tags.Concat(Clips.E.Tags.Select(t => t with { Timestamp = (uint)(t.Timestamp + length) })));
        var secondRound = Recording.FromTags(looped.Tags.Skip(Clips.E.Tags.Count));
        var result = VideoCheck.Run(looped, secondRound);
        Assert.True(result.Ok, result.ToString());
        Assert.Equal(150, result.Figures["first input picture"]);
    }

    [Fact]
    public void Nothing_is_a_problem_not_an_exception() => Fails(VideoCheck.Run(Clips.E, Recording.FromTags([])), "no video");

    private static Recording From(int picture) => Edit.Tags(Clips.E, tags =>
    {
        var video = Edit.Media(tags, FlvTagType.Video);
        tags.RemoveRange(video[0], video[picture] - video[0]);
    });

    private static CheckResult EditPictures(Action<List<FlvTag>, List<int>> edit) =>
        VideoCheck.Run(Clips.E, Edit.Tags(Clips.E, tags => edit(tags, Edit.Media(tags, FlvTagType.Video))));

    private static void Fails(CheckResult result, string because)
    {
        Assert.False(result.Ok);
        Assert.Contains(result.Problems, p => p.Contains(because, StringComparison.Ordinal));
    }
}
