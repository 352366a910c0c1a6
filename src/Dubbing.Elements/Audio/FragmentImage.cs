namespace Dubbing.Elements.Audio;

/// <summary>A file in memory that a muxer writes, going back to patch what it wrote before. One thread at a time.</summary>
public sealed class FragmentImage
{
    /// <summary>An image never grows beyond this: ten times the largest fragment that a server accepts.</summary>
    public const int MaxLength = 100 << 20;

    private byte[] _data = new byte[256 << 10];
    private int _length;

    /// <summary>Where the next write goes, in bytes from the start.</summary>
    public long Position { get; set; }

    /// <summary>Bytes written.</summary>
    public int Length => _length;

    /// <summary>Makes room for <paramref name="count"/> bytes at <see cref="Position"/> and moves it behind them.</summary>
    /// <exception cref="InvalidDataException">The image would become too large, or the position lies beyond its end.</exception>
    public Span<byte> Append(int count)
    {
        var end = Position + count;
        if (Position < 0 || Position > _length || end > MaxLength)
            throw new InvalidDataException($"a write of {count} bytes at {Position} does not fit an image of {_length}");
        if (end > _data.Length)
            Array.Resize(ref _data, (int)Math.Max(end, _data.Length * 2L));
        var target = _data.AsSpan((int)Position, count);
        Position = end;
        _length = Math.Max(_length, (int)end);
        return target;
    }

    /// <summary>The bytes of the finished image.</summary>
    public byte[] ToArray() => _data.AsSpan(0, _length).ToArray();

    /// <summary>Empties the image for the next fragment.</summary>
    public void Clear()
    {
        _length = 0;
        Position = 0;
    }
}
