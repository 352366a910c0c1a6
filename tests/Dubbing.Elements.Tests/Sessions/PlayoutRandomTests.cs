using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sessions;

public sealed class PlayoutRandomTests : PlayoutBench
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Output_is_contiguous_and_every_slot_told_once_whatever_happens_when(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 200; run++)
        {
            using var playout = new Playout(Format);
            RunAtRandom(random, playout);
        }
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
            switch (random.Next(8))
            {
                case 0 when open == null:
                    end += random.Next(4) == 0 ? random.Next(2000) : 0;
                    slots.Add(playout.Open(end, Format.ToTime(end)));
                    break;
                case 1 when open != null:
                    end += random.Next(1, 4000);
                    playout.Close(open, end, Fragment(slots.Count - 1));
                    break;
                case 2 when slots.Count > 0:
                    var id = $"{random.Next(slots.Count)}";
                    if (playout.Decide(id, Outcome.Dubbed, FallbackReason.None) && random.Next(3) > 0)
                        playout.Supply(id, random.Next(4) == 0 ? null : Clip(Constant(random.Next(1, 5000), Dub)));
                    break;
                case 3 when slots.Count > 0:
                    playout.Decide($"{random.Next(slots.Count)}", Outcome.Fallback, FallbackReason.Failed);
                    break;
                case 4 when decoded < end:
                    decoded += random.Next(4) == 0 ? random.Next((int)(end - decoded)) : 0;
                    var length = random.Next(1, (int)(end - decoded) + 1);
                    playout.Original.Write(decoded, Constant(length, Original));
                    decoded += length;
                    break;
                case 5:
                    playout.Fallback = (FallbackMode)random.Next(4);
                    break;
                case 6:
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
}
