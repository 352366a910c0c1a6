using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

/// <summary>Pacing and delay: the checks that judge by arrival.</summary>
public sealed class ArrivalCheckTests
{
    [Fact]
    public void Even_arrival_passes()
    {
        var result = PacingCheck.Run(Edit.Stamped(Clips.E, 12000, t => (t.Timestamp % 160) - 80.0));
        Assert.True(result.Ok, result.ToString());
    }

    [Fact]
    public void A_rough_first_second_is_not_judged() =>
        Assert.True(PacingCheck.Run(Edit.Stamped(Clips.E, 12000, t => t.Timestamp < 900 ? 180 * (1 - t.Timestamp / 900.0) : 0)).Ok);

    [Fact]
    public void A_burst_fails()
    {
        // What belongs to 2.0–3.0 s arrives together at its end.
        var result = PacingCheck.Run(Edit.Stamped(Clips.E, 12000, t => t.Timestamp is >= 2000 and < 3000 ? 3000 - t.Timestamp : 0));
        Assert.False(result.Ok);
        Assert.InRange(result.Figures["latest ms"], 900, 1000);
    }

    [Fact]
    public void A_single_late_packet_fails() =>
        Assert.False(PacingCheck.Run(Edit.Stamped(Clips.E, 0, t => t.Timestamp == Clips.E.Video[100].Dts ? 120 : 0)).Ok);

    // The late packet was due at 2 s of the clip; the recording's clock begins at 1 s.
    [Theory]
    [InlineData(true, 2990, 3080)]
    [InlineData(true, 3000, 3030, 3010, 3070)]
    [InlineData(false, 3000, 3015)]
    [InlineData(false, 3000, 3015, 3000, 3015)]
    [InlineData(false, 2800, 3000)]
    [InlineData(false, 3120, 3300)]
    [InlineData(false)]
    public void What_the_machine_stood_still_for_is_not_held_against_a_late_packet(bool passes, params int[] standstills)
    {
        var due = Clips.E.Video.First(v => v.Dts >= 2000).Dts;
        var late = Edit.Stamped(Clips.E, 0, t => t is { IsAvc: true } && t.Timestamp == due ? 120 : 0);
        long Ns(int ms) => 1_000_000 * (ms - 2000 + due);
        var seen = standstills.Chunk(2).Select(pair => new Standstill(Ns(pair[0]), Ns(pair[1]))).ToList();
        Assert.Equal(passes, PacingCheck.Run(late, seen).Ok);
    }

    [Fact]
    public void A_packet_that_is_too_early_is_not_excused() =>
        Assert.False(PacingCheck.Run(Edit.Stamped(Clips.E, 0, t => t.Timestamp == Clips.E.Video[100].Dts ? -120 : 0), [new(0, 1_000_000_000_000)]).Ok);

    [Fact]
    public void A_recording_without_stamps_fails() => Assert.False(PacingCheck.Run(Clips.E).Ok);

    [Fact]
    public void The_promised_delay_passes_and_another_fails()
    {
        var input = Edit.Stamped(Clips.E, 30);
        var output = Edit.Stamped(Clips.E, 14630);
        var result = DelayCheck.Run(input, output, 14.5);
        Assert.True(result.Ok, result.ToString());
        Assert.Equal(14600, result.Figures["median ms"]);
        Assert.Equal(5, result.Figures["flashes"]);
        Assert.False(DelayCheck.Run(input, output, 14.3).Ok);
        Assert.False(DelayCheck.Run(input, output, 15).Ok);
    }

    [Fact]
    public void One_flash_that_comes_later_fails()
    {
        var flash = Clips.E.Video.First(v => v.Pts == Clips.E.Luma.FlashesMs[2]);
        var output = Edit.Stamped(Clips.E, 14500, t => t.Timestamp == flash.Dts ? 300 : 0);
        Assert.Single(DelayCheck.Run(Edit.Stamped(Clips.E, 0), output, 14.5).Problems);
    }

    [Fact]
    public void Recordings_of_files_have_no_delay() => Assert.False(DelayCheck.Run(Clips.E, Clips.E, 0).Ok);
}
