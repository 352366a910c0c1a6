using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Tests.Audio;

public class TimelineTests
{
    // Frames of 1024 samples at 48 kHz in the first five seconds, in which steps are taken over at once, and some more.
    private const int AfterSettling = 300;

    private const int FrameLength = 1024;
    private static readonly Pcm Format = new(48000, 2);

    [Fact]
    public void Timestamps_rounded_to_milliseconds_change_nothing()
    {
        var timeline = new Timeline(Format);
        var expected = Format.ToSamples(1_000_000_000);
        for (var frame = 0; frame < 48 * 60; frame++)
        {
            var pts = 1_000_000_000 + (ulong)(frame * FrameLength * 1000L / 48000) * 1_000_000;
            Assert.Equal(new FramePlacement(expected, FrameLength, FrameLength, 0), timeline.Place(pts, 48000, FrameLength));
            expected += FrameLength;
        }
    }

    [Fact]
    public void Frames_of_44100_Hz_never_add_up_their_rounding()
    {
        var timeline = new Timeline(Format);
        for (long frame = 0; frame < 44 * 600; frame++)
        {
            var exact = frame * FrameLength * 48000.0 / 44100;
            var placement = timeline.Place((ulong)(frame * FrameLength * 1_000_000_000.0 / 44100), 44100, FrameLength);
            Assert.InRange(placement.Position - exact, -1, 1);
            Assert.InRange(placement.NaturalLength, 1114, 1115);
            Assert.Equal(placement.NaturalLength, placement.Length);
            Assert.Equal(placement.Position + placement.Length, timeline.End);
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(-15)]
    public void A_small_step_is_absorbed_by_at_most_a_millisecond_a_second(int stepMs)
    {
        var timeline = new Timeline(Format);
        var corrections = Feed(timeline, 48 * 40, frame => frame < AfterSettling ? 0 : stepMs / 1000.0);
        Assert.All(corrections, c => Assert.Equal((0L, true), (c.Step, Math.Abs(c.Correction) <= 2)));
        for (var second = 0; second + 48 < corrections.Count; second += 48)
            Assert.InRange(Math.Abs(corrections.Skip(second).Take(47).Sum(c => c.Correction)), 0, 49);
        var left = stepMs * 48 - corrections.Sum(c => c.Correction);
        Assert.InRange(Math.Abs(left), 0, 2 * 48);
        Assert.All(corrections.TakeLast(48), c => Assert.Equal(0, c.Correction));
    }

    [Fact]
    public void A_larger_step_forward_is_a_hole_of_that_length()
    {
        var timeline = new Timeline(Format);
        Feed(timeline, 10, _ => 0);
        var before = timeline.End;
        var placement = timeline.Place(Format.ToTime(before + 24000), 48000, FrameLength);
        Assert.Equal(new FramePlacement(before + 24000, FrameLength, FrameLength, 24000), placement);
        Assert.Equal(0, timeline.Place(Format.ToTime(timeline.End), 48000, FrameLength).Step);
    }

    [Fact]
    public void A_larger_step_back_goes_on_without_overlap_and_is_told_once()
    {
        var timeline = new Timeline(Format);
        Feed(timeline, 100, _ => 0);
        var before = timeline.End;
        var placement = timeline.Place(Format.ToTime(before - 48000), 48000, FrameLength);
        Assert.Equal(new FramePlacement(before, FrameLength, FrameLength, -48000), placement);
        placement = timeline.Place(Format.ToTime(before - 48000 + FrameLength), 48000, FrameLength);
        Assert.Equal(new FramePlacement(before + FrameLength, FrameLength, FrameLength, 0), placement);
    }

    [Theory]
    [InlineData(500e-6)]
    [InlineData(-500e-6)]
    public void A_drifting_clock_is_followed_without_a_step(double drift)
    {
        var timeline = new Timeline(Format);
        const int frames = 48 * 600;
        var corrections = Feed(timeline, frames, frame => frame * FrameLength / 48000.0 * drift);
        Assert.All(corrections, c => Assert.Equal(0, c.Step));
        var expected = frames * FrameLength * (1 + drift);
        Assert.InRange(timeline.End - expected, -5 * 48, 5 * 48);
    }

    private static List<(int Correction, long Step)> Feed(Timeline timeline, int frames, Func<int, double> offset)
    {
        var result = new List<(int, long)>();
        var end = timeline.End;
        for (var frame = 0; frame < frames; frame++)
        {
            var pts = (ulong)((frame * FrameLength / 48000.0 + offset(frame)) * 1e9);
            var placement = timeline.Place(pts, 48000, FrameLength);
            if (placement.Step <= 0)
                Assert.Equal(end, placement.Position);
            end = placement.Position + placement.Length;
            result.Add((placement.Length - placement.NaturalLength, placement.Step));
        }
        return result;
    }
}
