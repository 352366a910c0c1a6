using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sessions;

public class PlayoutTests
{
    private const int Piece = 960;
    private const short Original = 1000;
    private const short Dub = 5000;
    private static readonly Pcm Format = new(48000, 1);
    private static readonly int Fade = Format.Samples(Playout.Fade);

    private readonly Playout _playout = new(Format);

    [Fact]
    public void Nothing_is_played_before_it_is_due_or_known() => AssertWait(due: 0);

    [Fact]
    public void Silence_plays_by_the_clock_before_the_first_slot()
    {
        Assert.Equal((0, 500), AssertSilence(due: 500));
        AssertWait(due: 500);
        Assert.Equal((500, Piece), AssertSilence(due: 100000));
    }

    [Fact]
    public void The_first_slot_begins_at_its_own_position()
    {
        Slot(4800, 9600, Outcome.Fallback);
        Write(4800, 4800);
        Assert.Equal((4800, Piece), (Read(0, out var samples).Position, samples.Length));
        Assert.All(samples, s => Assert.Equal(Original, s));
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
        Assert.Equal(Original, samples[0]);
        var played = Assert.Single(_playout.TakePlayed());
        Assert.Equal(("0", Outcome.Fallback, FallbackReason.Timeout), (played.Id, played.Outcome, played.Reason));
        Assert.False(_playout.Decide("0", Outcome.Dubbed, FallbackReason.None));
        Assert.Empty(_playout.TakePlayed());
    }

    [Fact]
    public void A_slot_is_decided_once()
    {
        Slot(0, 9600, null);
        Assert.True(_playout.Decide("0", Outcome.Fallback, FallbackReason.Failed));
        Assert.False(_playout.Decide("0", Outcome.Dubbed, FallbackReason.None));
        Assert.False(_playout.Decide("unknown", Outcome.Dubbed, FallbackReason.None));
    }

    [Fact]
    public void A_dub_that_is_not_decoded_when_it_is_due_falls_back()
    {
        Slot(0, 9600, Outcome.Dubbed);
        Write(0, 9600);
        AssertWait(due: 0);
        Read(1, out _);
        Assert.Equal(FallbackReason.InvalidAudio, Assert.Single(_playout.TakePlayed()).Reason);
        _playout.Supply("0", Constant(9600, Dub));
        Read(1, out var samples);
        Assert.Equal(Original, samples[0]);
    }

    [Fact]
    public void A_dub_that_can_not_be_decoded_falls_back_at_once()
    {
        Slot(0, 9600, Outcome.Dubbed);
        Write(0, 9600);
        _playout.Supply("0", null);
        Read(0, out var samples);
        Assert.Equal(Original, samples[0]);
        Assert.Equal(FallbackReason.InvalidAudio, Assert.Single(_playout.TakePlayed()).Reason);
    }

    [Theory]
    [InlineData(4800)]
    [InlineData(9600)]
    [InlineData(9700)]
    [InlineData(20000)]
    public void A_dub_of_any_length_fills_exactly_its_slot(int length)
    {
        Slot(0, 9600, Outcome.Dubbed);
        _playout.Supply("0", Constant(length, Dub));
        var all = ReadAll(0);
        Assert.Equal(9600, all.Count);
        Assert.InRange(all[0], 0, 100);
        Assert.Equal(Dub, all[Fade]);
        Assert.Equal(length < 9600 ? 0 : Dub, all[9600 - Fade - 1]);
        if (length < 9600)
            Assert.InRange(all[length - 1], 0, 100);
    }

    [Fact]
    public void A_dub_fades_into_what_follows_and_what_follows_keeps_the_power()
    {
        Slot(0, 9600, Outcome.Dubbed);
        Slot(9600, 19200, Outcome.Fallback);
        Write(9600, 9600);
        _playout.Supply("0", Constant(12000, Dub));
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
        Assert.All(ReadAll(0), s => Assert.Equal(Original, s));
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
        Assert.Equal((400, 300), AssertSilence(due: 700));
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
        Assert.All(all.Skip(960).Take(540), s => Assert.Equal(0, s));
    }

    [Fact]
    public void A_slot_that_was_passed_over_is_told_as_late()
    {
        AssertSilence(due: 960);
        Slot(0, 900, null);
        AssertWait(due: 0);
        var played = Assert.Single(_playout.TakePlayed());
        Assert.Equal((Outcome.Fallback, FallbackReason.Late), (played.Outcome, played.Reason));
    }

    [Fact]
    public void An_end_of_input_before_anything_came_is_the_end() =>
        AssertEndsAfter(() => _playout.InputEnded = true);

    [Fact]
    public void An_end_of_input_plays_out_what_is_there()
    {
        Slot(0, 960, Outcome.Fallback);
        Write(0, 960);
        _playout.InputEnded = true;
        Assert.Equal(960, ReadAll(0).Count);
        AssertEndsAfter(() => { });
    }

    [Fact]
    public void After_the_last_slot_the_stream_is_at_its_end_as_soon_as_more_would_be_due()
    {
        Slot(0, 960, Outcome.Fallback);
        Write(0, 960);
        ReadAll(0);
        AssertWait(due: 960);
        Assert.Equal(PlayoutResult.Eos, Read(961, out _).Result);
    }

    [Fact]
    public void Original_under_dubbed_audio_is_not_kept()
    {
        for (var i = 0; i < 50; i++)
        {
            Slot(i * 9600, (i + 1) * 9600, Outcome.Dubbed);
            Write(i * 9600, 9600);
            _playout.Supply($"{i}", Constant(9600, Dub));
            ReadAll(0);
        }
        var kept = new short[49 * 9600];
        _playout.Original.Read(0, kept);
        Assert.Equal(-1, kept.AsSpan().IndexOfAnyExcept((short)0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Output_is_contiguous_and_every_slot_told_once_whatever_happens_when(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 200; run++)
            RunAtRandom(random, new Playout(Format));
    }

    private static void RunAtRandom(Random random, Playout playout)
    {
        long end = random.Next(3000), due = 0, decoded = end, next = -1;
        var slots = new List<Slot>();
        var told = new List<PlayedFragment>();
        var target = new short[Piece];
        for (var step = 0; step < 400; step++)
        {
            var open = slots.Count > 0 && slots[^1].End == null ? slots[^1] : null;
            switch (random.Next(7))
            {
                case 0 when open == null:
                    end += random.Next(4) == 0 ? random.Next(2000) : 0;
                    slots.Add(playout.Open(end, Format.ToTime(end)));
                    break;
                case 1 when open != null:
                    end += random.Next(1, 4000);
                    playout.Close(open, end, Fragment(slots.Count - 1), isShort: false);
                    break;
                case 2 when slots.Count > 0:
                    var id = $"{random.Next(slots.Count)}";
                    if (playout.Decide(id, Outcome.Dubbed, FallbackReason.None) && random.Next(3) > 0)
                        playout.Supply(id, random.Next(4) == 0 ? null : Constant(random.Next(1, 5000), Dub));
                    break;
                case 3 when slots.Count > 0:
                    playout.Decide($"{random.Next(slots.Count)}", Outcome.Fallback, FallbackReason.Failed);
                    break;
                case 4 when decoded < end:
                    var length = random.Next(1, (int)(end - decoded) + 1);
                    playout.Original.Write(decoded, Constant(length, Original));
                    decoded += length;
                    break;
                case 5:
                    due += random.Next(2000);
                    break;
                default:
                    if (playout.Read(due, target, out var position, out var count) == PlayoutResult.Data)
                    {
                        Assert.InRange(count, 1, Piece);
                        if (next >= 0)
                            Assert.Equal(next, position);
                        next = position + count;
                    }
                    told.AddRange(playout.TakePlayed());
                    break;
            }
        }
        Assert.Equal(told.Select(t => t.StartTime).Order().Distinct(), told.Select(t => t.StartTime));
        Assert.Equal(slots.Take(told.Count).Select(s => s.StartTime), told.Select(t => t.StartTime));
    }

    private static Fragment Fragment(int index) => new()
    {
        Id = $"{index}",
        Index = index,
        StartTime = 0,
        Duration = 0,
        Image = default,
        SampleRate = 48000,
        Channels = 2,
        Deadline = 0,
    };

    private void Slot(long start, long? end, Outcome? outcome)
    {
        var slot = _playout.Open(start, Format.ToTime(start));
        slot.Id = end == null ? "" : $"{start / 9600}";
        slot.End = end;
        if (outcome is { } decided)
            (slot.Outcome, slot.Reason) = (decided, decided == Outcome.Dubbed ? FallbackReason.None : FallbackReason.Failed);
    }

    private void Write(long position, int length) => _playout.Original.Write(position, Constant(length, Original));

    private (PlayoutResult Result, long Position) Read(long due, out short[] samples)
    {
        var target = new short[Piece];
        var result = _playout.Read(due, target, out var position, out var count);
        samples = target[..count];
        return (result, position);
    }

    private List<short> ReadAll(long due)
    {
        var all = new List<short>();
        while (Read(due, out var samples).Result == PlayoutResult.Data)
            all.AddRange(samples);
        return all;
    }

    private void AssertWait(long due)
    {
        Assert.Equal(PlayoutResult.Wait, Read(due, out var samples).Result);
        Assert.Empty(samples);
    }

    private (long, int) AssertSilence(long due)
    {
        var (result, position) = Read(due, out var samples);
        Assert.Equal(PlayoutResult.Data, result);
        Assert.All(samples, s => Assert.Equal(0, s));
        return (position, samples.Length);
    }

    private void AssertEndsAfter(Action step)
    {
        step();
        Assert.Equal(PlayoutResult.Eos, Read(0, out _).Result);
    }

    private static short[] Constant(int count, short value) => [.. Enumerable.Repeat(value, count)];
}
