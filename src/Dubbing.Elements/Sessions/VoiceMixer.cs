using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Sessions;

/// <summary>Joins voices: one at a time is heard, and where another takes over there is a short fade. Not thread-safe.</summary>
/// <remarks>The fade begins where the new voice does, so that no voice is touched before its end was known, and it is one of equal
/// power, because the voices on its two sides have nothing to do with each other. What fades out is the sound heard
/// last, backwards: it goes on without a step from whatever was heard, and it is there also where the old voice has no more.</remarks>
internal sealed class VoiceMixer(Pcm format, TimeSpan fade)
{
    private readonly int _fade = format.Samples(fade);
    private readonly short[] _heard = new short[format.Samples(fade) * format.Channels];
    private readonly short[] _outgoing = new short[format.Samples(fade) * format.Channels];
    private IVoice? _voice;
    private int _faded = format.Samples(fade);

    /// <summary>Makes the next piece of output.</summary>
    /// <param name="voice">Who is heard.</param>
    /// <param name="position">The piece's first sample: where the piece before ended.</param>
    /// <param name="target">Receives interleaved samples.</param>
    public void Play(IVoice voice, long position, Span<short> target)
    {
        if (voice != _voice)
            Begin(voice);
        voice.Read(position, target);
        if (_faded < _fade)
        {
            var samples = Math.Min(target.Length / format.Channels, _fade - _faded);
            format.Crossfade(target[..(samples * format.Channels)],
                _outgoing.AsSpan(_faded * format.Channels, samples * format.Channels), _faded, _fade);
            _faded += samples;
        }
        Remember(target);
    }

    private void Begin(IVoice voice)
    {
        // Input that is heard from its first sample on begins as it is: an encoder makes of it what it makes of the input.
        _faded = _voice == null && voice is TrackVoice ? _fade : 0;
        _voice = voice;
        for (var i = 0; i < _fade; i++)
            _heard.AsSpan((_fade - 1 - i) * format.Channels, format.Channels).CopyTo(_outgoing.AsSpan(i * format.Channels));
    }

    private void Remember(ReadOnlySpan<short> heard)
    {
        var count = Math.Min(heard.Length, _heard.Length);
        _heard.AsSpan(count).CopyTo(_heard);
        heard[^count..].CopyTo(_heard.AsSpan(_heard.Length - count));
    }
}
