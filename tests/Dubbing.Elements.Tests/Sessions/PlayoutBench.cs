using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sessions;

/// <summary>An output timeline and what its tests do with it: slots in, samples out.</summary>
public abstract class PlayoutBench : IDisposable
{
    private protected const int Piece = 960;
    private protected const short Original = 1000;
    private protected const short Dub = 5000;
    private protected static readonly Pcm Format = new(48000, 1);
    private protected static readonly int Fade = Format.Samples(Playout.Fade);

    private protected Playout Playout { get; } = new(Format);

    public void Dispose()
    {
        Playout.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static Fragment Fragment(int index) => new()
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

    private protected void Slot(long start, long? end, Outcome? outcome)
    {
        var slot = Playout.Open(start, Format.ToTime(start));
        slot.Id = end == null ? "" : $"{start / 9600}";
        slot.End = end;
        if (outcome is { } decided)
            (slot.Outcome, slot.Reason) = (decided, decided == Outcome.Dubbed ? FallbackReason.None : FallbackReason.Failed);
    }

    private protected void Write(long position, int length) => Playout.Original.Write(position, Constant(length, Original));

    private protected (PlayoutResult Result, long Position) Read(long due, out short[] samples)
    {
        var target = new short[Piece];
        var result = Playout.Read(due, target, out var position, out var count);
        samples = target[..count];
        return (result, position);
    }

    private protected List<short> ReadAll(long due)
    {
        var all = new List<short>();
        while (Read(due, out var samples).Result == PlayoutResult.Data)
            all.AddRange(samples);
        return all;
    }

    private protected void AssertWait(long due)
    {
        Assert.Equal(PlayoutResult.Wait, Read(due, out var samples).Result);
        Assert.Empty(samples);
    }

    private protected (long, int) AssertSilence(long due)
    {
        var (result, position) = Read(due, out var samples);
        Assert.Equal(PlayoutResult.Data, result);
        Assert.All(samples, s => Assert.Equal(0, s));
        return (position, samples.Length);
    }

    private protected void AssertEndsAfter(Action step)
    {
        step();
        Assert.Equal(PlayoutResult.Eos, Read(0, out _).Result);
    }

    /// <summary>A slot of 9600 samples whose dubbed audio is there.</summary>
    private protected void Dubbed(int index, short[] samples)
    {
        Slot(index * 9600, (index + 1) * 9600, Outcome.Dubbed);
        Playout.Supply($"{index}", Clip(samples));
    }

    private protected static PcmClip Clip(short[] samples)
    {
        var clip = new PcmClip(Format);
        clip.Append(samples);
        return clip;
    }

    private protected static short[] Constant(int count, short value) => [.. Enumerable.Repeat(value, count)];
}
