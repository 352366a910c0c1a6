using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sessions;

/// <summary>What each fallback mode plays, and that it changes at once.</summary>
public sealed class PlayoutFallbackTests : PlayoutBench
{
    [Fact]
    public void Duck_is_the_original_12_dB_down_sample_for_sample()
    {
        var original = Enumerable.Range(0, 9600).Select(i => (short)(i * 7 % 65536 - 32768)).ToArray();
        Playout.Fallback = FallbackMode.Duck;
        Slot(0, 9600, Outcome.Fallback);
        Playout.Original.Write(0, original);
        var gain = Math.Pow(10, -0.6);
        Assert.Equal(original.Skip(Fade).Select(s => (short)Math.Round(s * gain)), ReadAll(0).Skip(Fade));
    }

    [Fact]
    public void Silence_needs_no_audio_and_lasts_exactly_as_long_as_the_slot()
    {
        Playout.Fallback = FallbackMode.Silence;
        Slot(0, 9600, Outcome.Fallback);
        var all = ReadAll(0);
        Assert.Equal(9600, all.Count);
        Assert.All(all, s => Assert.Equal(0, s));
    }

    [Fact]
    public void Last_is_the_original_while_nothing_was_dubbed()
    {
        Playout.Fallback = FallbackMode.Last;
        Slot(0, 9600, Outcome.Fallback);
        Write(0, 9600);
        Assert.All(ReadAll(0).Skip(Fade), s => Assert.Equal(Original, s));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(9600)]
    [InlineData(14000)]
    public void Last_repeats_the_last_dubbed_fragment_from_its_beginning_in_every_fragment_that_falls_back(int length)
    {
        var dub = Ramp(length);
        Playout.Fallback = FallbackMode.Last;
        Dubbed(0, Constant(9600, 1));
        Dubbed(1, dub);
        Slot(19200, 28800, Outcome.Fallback);
        // Longer than what is repeated, and shorter.
        Slot(28800, 48000, Outcome.Fallback);
        Slot(48000, 48000 + 700, Outcome.Fallback);
        var all = ReadAll(0);
        Assert.Equal(48700, all.Count);
        AssertClipAt(19200, 9600);
        AssertClipAt(28800, 19200);
        AssertClipAt(48000, 700);

        void AssertClipAt(int start, int slot)
        {
            var sound = Math.Min(length, slot);
            Assert.Equal(dub[Fade..sound], all[(start + Fade)..(start + sound)]);
            if (sound + Fade < slot)
                Assert.All(all[(start + sound + Fade)..(start + slot)], s => Assert.Equal(0, s));
        }
    }

    [Fact]
    public void A_repetition_plays_where_the_original_is_not_decoded_and_in_a_slot_that_is_still_being_cut()
    {
        Playout.Fallback = FallbackMode.Last;
        Dubbed(0, Ramp(9600));
        ReadAll(0);
        Slot(9600, null, null);
        AssertWait(due: 9600);
        Assert.Equal((9600, 500), (Read(10100, out var samples).Position, samples.Length));
        Assert.Equal(Ramp(9600)[Fade..500], samples[Fade..]);
        AssertWait(due: 10100);
    }

    [Theory]
    [InlineData(FallbackMode.Silence, 0)]
    [InlineData(FallbackMode.Duck, 251)]
    [InlineData(FallbackMode.Last, Dub)]
    public void A_change_takes_effect_within_a_fragment_and_back(FallbackMode mode, short expected)
    {
        Dubbed(0, Constant(9600, Dub));
        Slot(9600, 19200, Outcome.Fallback);
        Write(9600, 9600);
        for (var i = 0; i < 12; i++)
            Read(0, out _);
        Playout.Fallback = mode;
        Read(0, out var changed);
        Playout.Fallback = FallbackMode.Original;
        Read(0, out var back);
        Assert.All(changed[Fade..], s => Assert.Equal(expected, s));
        Assert.All(back[Fade..], s => Assert.Equal(Original, s));
        Assert.InRange(changed[0] - Original, -200, 200);
        Assert.InRange(back[0] - expected, -200, 200);
    }

    [Fact]
    public void Where_the_input_had_a_hole_dubbed_audio_stops_and_goes_on_after_it()
    {
        var slot = Playout.Open(0, 0);
        (slot.Id, slot.End, slot.Outcome) = ("a", 9600, Outcome.Dubbed);
        slot.Holes.Add((3000, 1000));
        slot.Holes.Add((5000, 600));
        var dub = Ramp(8000);
        Playout.Supply("a", Clip(dub));
        var all = ReadAll(0);
        Assert.Equal(9600, all.Count);
        Assert.Equal(dub[Fade..3000], all[Fade..3000]);
        Assert.All(all[(3000 + Fade)..4000], s => Assert.Equal(0, s));
        Assert.Equal(dub[(3000 + Fade)..5000], all[(4000 + Fade)..6000]);
        Assert.All(all[(6000 + Fade)..6600], s => Assert.Equal(0, s));
        Assert.Equal(dub[(5000 + Fade)..8000], all[(6600 + Fade)..9600]);
    }

    private static short[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => (short)(1 + i % 30000))];
}
