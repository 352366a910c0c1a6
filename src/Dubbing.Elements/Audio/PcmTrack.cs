namespace Dubbing.Elements.Audio;

/// <summary>Decoded audio by its place in the output, kept until it was played. Not thread-safe.</summary>
public sealed class PcmTrack(Pcm format)
{
    private readonly LinkedList<(long Position, short[] Samples)> _chunks = new();

    /// <summary>The sample after the last one; 0 before.</summary>
    public long End { get; private set; }

    /// <summary>Adds audio where there is none.</summary>
    /// <param name="position">Its first sample.</param>
    /// <param name="samples">Interleaved samples; the track keeps the array.</param>
    public void Write(long position, short[] samples)
    {
        var before = _chunks.Last;
        while (before?.Value.Position > position)
            before = before.Previous;
        if (before == null)
            _chunks.AddFirst((position, samples));
        else
            _chunks.AddAfter(before, (position, samples));
        End = Math.Max(End, position + samples.Length / format.Channels);
    }

    /// <summary>Copies audio out; what is not there is silence.</summary>
    public void Read(long position, Span<short> target)
    {
        target.Clear();
        var end = position + target.Length / format.Channels;
        foreach (var (start, samples) in _chunks)
        {
            var from = Math.Max(position, start);
            var to = Math.Min(end, start + samples.Length / format.Channels);
            if (from >= to)
                continue;
            samples.AsSpan((int)(from - start) * format.Channels, (int)(to - from) * format.Channels)
                .CopyTo(target[((int)(from - position) * format.Channels)..]);
        }
    }

    /// <summary>How far what is there, or what is missing, reaches from a position on.</summary>
    /// <param name="position">The position.</param>
    /// <param name="limit">Farther is not looked.</param>
    /// <returns>Positive: so many samples are there without a hole, at most <paramref name="limit"/>. Negative: so many are
    /// missing before the next. 0: from here on there are none.</returns>
    public long Extent(long position, long limit)
    {
        var end = position;
        foreach (var (start, samples) in _chunks)
        {
            var chunkEnd = start + samples.Length / format.Channels;
            if (chunkEnd <= position)
                continue;
            if (start > end)
                return end > position ? end - position : position - start;
            end = chunkEnd;
            if (end - position >= limit)
                return limit;
        }
        return end - position;
    }

    /// <summary>Drops what begins at or after <paramref name="position"/>.</summary>
    public void TakeBack(long position)
    {
        while (_chunks.Last is { } last && last.Value.Position >= position)
            _chunks.RemoveLast();
        End = Math.Min(End, position);
    }

    /// <summary>Drops what lies wholly before <paramref name="position"/>.</summary>
    public void Trim(long position)
    {
        while (_chunks.First is { } first && first.Value.Position + first.Value.Samples.Length / format.Channels <= position)
            _chunks.RemoveFirst();
    }
}
