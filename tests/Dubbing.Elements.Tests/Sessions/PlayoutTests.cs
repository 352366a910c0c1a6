using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sessions;

public sealed class PlayoutTests : PlayoutBench
{
    [Fact]
    public void Nothing_is_played_before_it_is_due_or_known() => AssertWait(due: 0);

    [Fact]
    public void Silence_plays_by_the_clock_before_the_first_slot()
    {
        Assert.Equal((0, 500), AssertSilence(due: 500));
        AssertWait(due: 500);
        Assert.Equal((500, Piece), AssertSilence(due: 100000));
    }

    [Theory]
    [InlineData(false, 1_000_000, true)]
    [InlineData(true, 0, true)]
    [InlineData(true, 4800, true)]
    [InlineData(true, 4800 + 47_999, true)]
    [InlineData(true, 4800 + 48_000, false)]
    public void What_comes_a_second_ahead_is_not_waited_for(bool begun, long position, bool awaited)
    {
        if (begun)
            Slot(4800, null, null);
        Assert.Equal(awaited, Playout.MayAwait(position));
    }

    [Fact]
    public void The_first_slot_begins_at_its_own_position()
    {
        Slot(4800, 9600, Outcome.Fallback);
        Write(4800, 4800);
        Assert.Equal((4800, Piece), (Read(0, out var samples).Position, samples.Length));
        Assert.All(samples.Skip(Fade), s => Assert.Equal(Original, s));
    }

    [Fact]
    public void A_slot_whose_fragment_was_never_complete_plays_and_is_not_told_of()
    {
        var slot = Playout.Open(0, 0);
        Write(0, 9600);
        (slot.End, slot.Outcome, slot.Reason) = (9600, Outcome.Fallback, FallbackReason.Failed);
        Assert.Equal(9600, ReadAll(0).Count);
        Assert.Empty(Playout.TakePlayed());
    }

    [Fact]
    public void A_slot_that_silence_has_partly_passed_plays_its_rest()
    {
        AssertSilence(due: 600);
        Slot(0, 9600, Outcome.Fallback);
        Write(0, 9600);
        Assert.Equal(600, Read(0, out _).Position);
    }

    [Fact]
    public void An_undecided_slot_waits_until_it_is_due_and_then_falls_back_once()
    {
        Slot(0, 9600, null);
        Write(0, 9600);
        AssertWait(due: 0);
        Read(1, out var samples);
        Assert.Equal(Original, samples[^1]);
        var played = Assert.Single(Playout.TakePlayed());
        Assert.Equal(("0", Outcome.Fallback, FallbackReason.Timeout), (played.Id, played.Outcome, played.Reason));
        Assert.False(Playout.Decide("0", Outcome.Dubbed, FallbackReason.None));
        Assert.Empty(Playout.TakePlayed());
    }

    [Fact]
    public void A_slot_is_decided_once()
    {
        Slot(0, 9600, null);
        Assert.True(Playout.Decide("0", Outcome.Fallback, FallbackReason.Failed));
        Assert.False(Playout.Decide("0", Outcome.Dubbed, FallbackReason.None));
        Assert.False(Playout.Decide("unknown", Outcome.Dubbed, FallbackReason.None));
    }

    [Fact]
    public void A_dub_that_is_not_decoded_when_it_is_due_falls_back()
    {
        Slot(0, 9600, Outcome.Dubbed);
        Write(0, 9600);
        AssertWait(due: 0);
        Read(1, out _);
        Assert.Equal(FallbackReason.InvalidAudio, Assert.Single(Playout.TakePlayed()).Reason);
        Playout.Supply("0", Clip(Constant(9600, Dub)));
        Read(1, out var samples);
        Assert.Equal(Original, samples[^1]);
    }

    [Fact]
    public void A_dub_that_can_not_be_decoded_falls_back_at_once()
    {
        Slot(0, 9600, Outcome.Dubbed);
        Write(0, 9600);
        Playout.Supply("0", null);
        Read(0, out var samples);
        Assert.Equal(Original, samples[^1]);
        Assert.Equal(FallbackReason.InvalidAudio, Assert.Single(Playout.TakePlayed()).Reason);
    }

    [Theory]
    [InlineData(4800)]
    [InlineData(9600)]
    [InlineData(9700)]
    [InlineData(20000)]
    public void A_dub_of_any_length_fills_exactly_its_slot(int length)
    {
        Slot(0, 9600, Outcome.Dubbed);
        Playout.Supply("0", Clip(Constant(length, Dub)));
        var all = ReadAll(0);
        Assert.Equal(9600, all.Count);
        Assert.InRange(all[0], 0, 100);
        var sound = Math.Min(length, 9600);
        Assert.All(all[Fade..sound], s => Assert.Equal(Dub, s));
        Assert.All(all[Math.Min(sound + Fade, 9600)..], s => Assert.Equal(0, s));
    }

    [Fact]
    public void A_dub_fades_into_what_follows_and_what_follows_keeps_the_power()
    {
        Slot(0, 9600, Outcome.Dubbed);
        Slot(9600, 19200, Outcome.Fallback);
        Write(9600, 9600);
        Playout.Supply("0", Clip(Constant(12000, Dub)));
        var all = ReadAll(0);
        for (var i = 0; i < Fade; i++)
        {
            var angle = Math.PI / 2 * (i + 0.5) / Fade;
            Assert.InRange(all[9600 + i] - (Original * Math.Sin(angle) + Dub * Math.Cos(angle)), -1, 1);
        }
        Assert.Equal(Original, all[9600 + Fade]);
    }

    [Fact]
    public void Original_after_original_is_not_touched()
    {
        Slot(0, 9600, Outcome.Fallback);
        Slot(9600, 19200, Outcome.Fallback);
        Write(0, 19200);
        Assert.All(ReadAll(0).Skip(Fade), s => Assert.Equal(Original, s));
    }

    [Fact]
    public void Original_that_is_not_decoded_yet_is_waited_for_until_it_is_due()
    {
        Slot(0, 9600, Outcome.Fallback);
        AssertWait(due: 0);
        Write(0, 100);
        AssertWait(due: 0);
        Assert.Equal((0, 50), (Read(50, out var samples).Position, samples.Length));
        Write(100, 9500);
        Assert.Equal(50, Read(0, out _).Position);
    }

    [Fact]
    public void A_hole_in_an_open_slot_is_silence_by_the_clock()
    {
        Slot(0, null, null);
        Write(0, 400);
        Assert.Equal((0, 400), (Read(400, out var samples).Position, samples.Length));
        AssertWait(due: 400);
        Assert.Equal((400, Fade), (Read(400 + Fade, out samples).Position, samples.Length));
        Assert.Equal((400 + Fade, 300), AssertSilence(due: 700 + Fade));
    }

    [Fact]
    public void A_hole_between_slots_is_silence_of_that_length()
    {
        Slot(0, 960, Outcome.Fallback);
        Slot(1500, 2000, Outcome.Fallback);
        Write(0, 960);
        Write(1500, 500);
        var all = ReadAll(0);
        Assert.Equal(2000, all.Count);
        Assert.All(all.Skip(960 + Fade).Take(540 - Fade), s => Assert.Equal(0, s));
    }

    [Fact]
    public void A_slot_that_was_passed_over_is_told_as_late()
    {
        AssertSilence(due: 960);
        Slot(0, 900, null);
        AssertWait(due: 0);
        var played = Assert.Single(Playout.TakePlayed());
        Assert.Equal((Outcome.Fallback, FallbackReason.Late), (played.Outcome, played.Reason));
    }

    [Fact]
    public void An_end_of_input_before_anything_came_is_the_end() =>
        AssertEndsAfter(() => Playout.InputEnded = true);

    [Fact]
    public void An_end_of_input_plays_out_what_is_there()
    {
        Slot(0, 960, Outcome.Fallback);
        Write(0, 960);
        Playout.InputEnded = true;
        Assert.Equal(960, ReadAll(-Format.Rate).Count);
        AssertEndsAfter(() => { });
    }

    [Fact]
    public void An_end_of_input_ends_a_slot_that_nobody_closes_when_more_would_be_due()
    {
        Slot(0, null, null);
        Write(0, 400);
        Playout.InputEnded = true;
        AssertWait(due: 0);
        Assert.Equal((0, 400), (Read(1, out var samples).Position, samples.Length));
        AssertWait(due: 400);
        Assert.Equal(PlayoutResult.Eos, Read(401, out _).Result);
    }

    [Fact]
    public void An_end_of_input_in_a_hole_does_not_cut_off_what_comes_after_it()
    {
        Slot(0, null, null);
        Write(0, 400);
        Write(1000, 200);
        Playout.InputEnded = true;
        Assert.Equal(1200, ReadAll(1).Count);
        Assert.Equal(PlayoutResult.Eos, Read(1201, out _).Result);
    }

    [Fact]
    public void After_the_last_slot_the_stream_is_at_its_end_as_soon_as_more_would_be_due()
    {
        Slot(0, 960, Outcome.Fallback);
        Write(0, 960);
        ReadAll(-Format.Rate);
        AssertWait(due: 960);
        Assert.Equal(PlayoutResult.Eos, Read(961, out _).Result);
    }

    // All of it is due at once; the slot of what closed it is opened a moment later.
    [Fact]
    public void A_slot_that_is_closed_when_it_is_overdue_is_not_taken_for_the_last_one()
    {
        Slot(0, 960, null);
        Write(0, 960);
        const int Due = 5000;
        Assert.Equal((0, 960), (Read(Due, out var samples).Position, samples.Length));
        Assert.Equal((960, 960), (Read(Due, out samples).Position, samples.Length));
        Assert.Equal(0, samples[^1]);
        Slot(1920, 2880, Outcome.Fallback);
        Write(1920, 960);
        Assert.Equal((1920, 960), (Read(Due, out samples).Position, samples.Length));
        Assert.Equal(Original, samples[^1]);
        // Nothing follows that one for a second.
        Assert.Equal(Due + Format.Rate - 2880, ReadAll(2 * Format.Rate).Count);
        Assert.Equal(PlayoutResult.Eos, Read(2 * Format.Rate, out _).Result);
    }

    [Fact]
    public void Original_under_dubbed_audio_is_not_kept()
    {
        for (var i = 0; i < 50; i++)
        {
            Slot(i * 9600, (i + 1) * 9600, Outcome.Dubbed);
            Write(i * 9600, 9600);
            Playout.Supply($"{i}", Clip(Constant(9600, Dub)));
            ReadAll(0);
        }
        var kept = new short[49 * 9600];
        Playout.Original.Read(0, kept);
        Assert.Equal(-1, kept.AsSpan().IndexOfAnyExcept((short)0));
    }
}
