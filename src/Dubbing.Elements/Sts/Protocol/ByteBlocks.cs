using System.Buffers;

namespace Dubbing.Elements.Sts.Protocol;

/// <summary>Bytes that live as long as somebody holds them, in blocks: as one array each fragment would be a large object, which only a full
/// collection frees.</summary>
internal static class ByteBlocks
{
    private const int BlockLength = 32 << 10;

    /// <summary>Copies bytes.</summary>
    public static ReadOnlySequence<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= BlockLength)
            return new ReadOnlySequence<byte>(bytes.ToArray());
        var first = new Block(bytes[..BlockLength].ToArray(), null);
        var last = first;
        for (var rest = bytes[BlockLength..]; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, BlockLength)..])
            last = new Block(rest[..Math.Min(rest.Length, BlockLength)].ToArray(), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Block : ReadOnlySequenceSegment<byte>
    {
        public Block(byte[] bytes, Block? before)
        {
            Memory = bytes;
            if (before == null)
                return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
