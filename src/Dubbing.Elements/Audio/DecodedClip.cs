namespace Dubbing.Elements.Audio;

/// <summary>Collects what is decoded of a file, without what its encoder put in front, as far as it is wanted. Thread-safe.</summary>
internal sealed class DecodedClip : IDisposable
{
    private readonly object _gate = new();
    private readonly Pcm _format;
    private readonly PcmClip _clip;
    private readonly long _lead;
    private readonly long _end;
    private long _skip;
    private bool _ended;
    private bool _taken;

    /// <summary>Begins with the file's silence.</summary>
    /// <param name="format">What is decoded to.</param>
    /// <param name="file">The file.</param>
    /// <param name="maxSamples">Nothing beyond is wanted.</param>
    public DecodedClip(Pcm format, SoundFile file, long maxSamples)
    {
        _format = format;
        _clip = new PcmClip(format);
        _lead = Math.Min(format.ToSamples(file.Lead), maxSamples);
        _skip = format.ToSamples(file.Skip);
        _end = file.Length == ulong.MaxValue ? maxSamples : Math.Min(maxSamples, _lead + format.ToSamples(file.Length));
        _clip.Append(new short[_lead * format.Channels]);
    }

    /// <summary>Takes the next samples.</summary>
    /// <param name="samples">Interleaved; copied.</param>
    /// <returns>Whether more is wanted.</returns>
    public bool Append(ReadOnlySpan<short> samples)
    {
        lock (_gate)
        {
            if (_taken)
                return false;
            var skipped = Math.Min(_skip, samples.Length / _format.Channels);
            _skip -= skipped;
            samples = samples[(int)(skipped * _format.Channels)..];
            _clip.Append(samples[..(int)Math.Min(samples.Length, (_end - _clip.Length) * _format.Channels)]);
            if (_clip.Length < _end)
                return true;
            End();
            return false;
        }
    }

    /// <summary>Nothing follows.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="timeout">How long.</param>
    /// <returns>The sound, now the caller's; null when the time is over.</returns>
    /// <exception cref="InvalidDataException">There was none.</exception>
    public PcmClip? Take(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (!_ended && !Monitor.Wait(_gate, timeout))
                return null;
            if (_clip.Length == _lead)
                throw new InvalidDataException("it holds no sound");
            _taken = true;
            return _clip;
        }
    }

    /// <summary>Gives back what nobody took.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_taken)
                _clip.Dispose();
            _taken = true;
        }
    }
}
