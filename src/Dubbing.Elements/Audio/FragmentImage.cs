using System.Buffers;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Audio;

/// <summary>A file in memory that a muxer writes, going back to patch what it wrote before. One thread at a time.</summary>
/// <remarks>Its buffer is pooled; <see cref="Clear"/> gives it back, else it is left to the garbage collector.</remarks>
public sealed class FragmentImage
{
    /// <summary>An image never grows beyond this: ten times the largest fragment that a server accepts.</summary>
    public const int MaxLength = 100 << 20;

    private const int FirstLength = 256 << 10;

    private byte[] _data = [];
    private int _length;

    /// <summary>Where the next write goes, in bytes from the start.</summary>
    public long Position { get; set; }

    /// <summary>Bytes written.</summary>
    public int Length => _length;

    /// <summary>What was written; valid until the image is written to or cleared.</summary>
    public ReadOnlySpan<byte> Written => _data.AsSpan(0, _length);

    /// <summary>Makes room for <paramref name="count"/> bytes at <see cref="Position"/> and moves it behind them.</summary>
    /// <exception cref="InvalidDataException">The image would become too large, or the position lies beyond its end.</exception>
    public Span<byte> Append(int count)
    {
        var end = Position + count;
        if (Position < 0 || Position > _length || end > MaxLength)
            throw new InvalidDataException($"a write of {count} bytes at {Position} does not fit an image of {_length}");
        if (end > _data.Length)
            Grow((int)end);
        var target = _data.AsSpan((int)Position, count);
        Position = end;
        _length = Math.Max(_length, (int)end);
        return target;
    }

    /// <summary>A copy of what was written, which stays as it is.</summary>
    public ReadOnlySequence<byte> Copy() => ByteBlocks.Copy(Written);

    /// <summary>Empties the image for the next fragment.</summary>
    public void Clear()
    {
        if (_data.Length > 0)
            ArrayPool<byte>.Shared.Return(_data);
        _data = [];
        _length = 0;
        Position = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstLength, Math.Max(needed, _data.Length * 2)));
        Written.CopyTo(larger);
        if (_data.Length > 0)
            ArrayPool<byte>.Shared.Return(_data);
        _data = larger;
    }
}
