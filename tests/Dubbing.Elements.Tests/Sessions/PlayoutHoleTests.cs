using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sessions;

/// <summary>Behind a hole in the input the output goes on; the slot before it is closed a moment before the one behind it is opened.</summary>
public sealed class PlayoutHoleTests : IDisposable
{
    private const int Rate = 48000;
    private static readonly Pcm Format = new(Rate, 1);

    private readonly Playout _playout = new(Format);
    private readonly short[] _samples = new short[960];

    public void Dispose() => _playout.Dispose();

    [Fact]
    public void Audio_goes_on_behind_a_hole_that_silence_has_passed()
    {
        PassHole();
        // Nothing is known of what comes behind the hole, and the output goes on.
        Assert.Equal(PlayoutResult.Wait, Read(due: 9 * Rate));
        Assert.Equal(PlayoutResult.Data, Read(due: 9 * Rate + 100));
        _playout.Open(10 * Rate, 0);
        while (_playout.Position < 10 * Rate)
            Assert.Equal(PlayoutResult.Data, Read(due: 0));
        Assert.Equal(PlayoutResult.Wait, Read(due: 0));
    }

    [Fact]
    public void It_ends_a_second_later_if_nothing_comes()
    {
        PassHole();
        Assert.Equal(PlayoutResult.Wait, Read(due: 9 * Rate));
        PlayoutResult result;
        while ((result = Read(due: 12 * Rate)) == PlayoutResult.Data)
        {
        }
        Assert.Equal(PlayoutResult.Eos, result);
        Assert.Equal(10 * Rate, _playout.Position);
    }

    // Audio stopped with the first frame of the next fragment, which the muxer keeps back until it has another.
    [Fact]
    public void It_does_not_end_while_another_fragment_has_begun()
    {
        PassHole();
        Assert.Equal(PlayoutResult.Wait, Read(due: 9 * Rate));
        _playout.MoreExpected = true;
        while (_playout.Position < 60 * Rate)
            Assert.Equal(PlayoutResult.Data, Read(due: 60 * Rate));
        Assert.Equal(PlayoutResult.Wait, Read(due: 60 * Rate));
        _playout.MoreExpected = false;
        Assert.Equal(PlayoutResult.Eos, Read(due: 60 * Rate + 1));
    }

    // One second of audio, then nothing until 9 s; then the fragment is closed.
    private void PassHole()
    {
        var slot = _playout.Open(0, 0);
        _playout.Original.Write(0, new short[Rate]);
        while (_playout.Position < 9 * Rate)
            Assert.Equal(PlayoutResult.Data, Read(due: 9 * Rate));
        var fragment = new Fragment
        {
            Id = "0",
            Index = 0,
            StartTime = 0,
            Duration = 1_000_000_000,
            Image = default,
            SampleRate = Rate,
            Channels = 1,
            Deadline = 0,
        };
        _playout.Close(slot, Rate, fragment);
    }

    private PlayoutResult Read(long due) => _playout.Read(due, _samples, out _, out _);
}
