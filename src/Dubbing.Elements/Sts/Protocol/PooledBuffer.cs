using System.Buffers;

namespace Dubbing.Elements.Sts.Protocol;

/// <summary>A growing buffer over pooled arrays: a fragment's JSON is megabytes, too much for the large object heap each time.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private readonly ArrayPool<byte> _pool;
    private byte[] _array;
    private int _length;

    public PooledBuffer(int capacity)
        : this(capacity, ArrayPool<byte>.Shared)
    {
    }

    internal PooledBuffer(int capacity, ArrayPool<byte> pool)
    {
        _pool = pool;
        _array = pool.Rent(capacity);
    }

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        byte[] array = _array;
        _array = [];
        _length = 0;
        if (array.Length > 0)
            _pool.Return(array);
    }

    private void Reserve(int sizeHint)
    {
        int needed = _length + Math.Max(sizeHint, 1);
        if (needed <= _array.Length)
            return;
        byte[] larger = _pool.Rent(Math.Max(needed, _array.Length * 2));
        _array.AsSpan(0, _length).CopyTo(larger);
        _pool.Return(_array);
        _array = larger;
    }
}
