using System.Buffers;

namespace Dubbing.Elements.Audio;

/// <summary>A sound in memory, as long as it is. One thread at a time.</summary>
/// <remarks>It is kept in pooled blocks: as one array each fragment would be a large object of about a megabyte.
/// Disposing gives them back; a clip that is not disposed is left to the garbage collector.</remarks>
public sealed class PcmClip(Pcm format) : IDisposable
{
    // 32 KB: well below the large object heap.
    private const int BlockLength = 16384;

    private readonly List<short[]> _blocks = [];
    private int _length;

    /// <summary>Samples.</summary>
    public int Length => _length / format.Channels;

    /// <summary>Adds to the end.</summary>
    /// <param name="samples">Interleaved samples; copied.</param>
    public void Append(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var at = _length % BlockLength;
            if (at == 0)
                _blocks.Add(ArrayPool<short>.Shared.Rent(BlockLength));
            var part = samples[..Math.Min(samples.Length, BlockLength - at)];
            part.CopyTo(_blocks[^1].AsSpan(at));
            _length += part.Length;
            samples = samples[part.Length..];
        }
    }

    /// <summary>Copies samples out.</summary>
    /// <param name="at">The first.</param>
    /// <param name="target">Receives interleaved samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">The clip has not so many.</exception>
    public void Read(long at, Span<short> target)
    {
        var from = at * format.Channels;
        ArgumentOutOfRangeException.ThrowIfNegative(at);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + target.Length, _length, nameof(at));
        while (!target.IsEmpty)
        {
            var block = _blocks[(int)(from / BlockLength)].AsSpan((int)(from % BlockLength));
            var count = Math.Min(target.Length, Math.Min(block.Length, BlockLength - (int)(from % BlockLength)));
            block[..count].CopyTo(target);
            target = target[count..];
            from += count;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var block in _blocks)
            ArrayPool<short>.Shared.Return(block);
        _blocks.Clear();
        _length = 0;
    }
}
