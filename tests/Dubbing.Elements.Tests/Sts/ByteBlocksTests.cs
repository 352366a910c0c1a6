using System.Buffers;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Tests.Sts;

public sealed class ByteBlocksTests
{
    private const int Block = 32 << 10;

    // From 85 000 bytes on an array is a large object.
    private const int LargeObject = 85_000;

    public static TheoryData<int> Sizes => [0, 1, 3, Block - 1, Block, Block + 1, 2 * Block - 1, 2 * Block, 2 * Block + 1, 10 << 20];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_copy_has_every_byte_in_order_in_blocks_that_are_no_large_objects(int size)
    {
        byte[] bytes = Bytes(size);
        ReadOnlySequence<byte> copy = ByteBlocks.Copy(bytes);
        Assert.Equal(size, copy.Length);
        Assert.True(copy.ToArray().AsSpan().SequenceEqual(bytes));
        int blocks = 0;
        long before = 0;
        foreach (ReadOnlyMemory<byte> block in copy)
        {
            Assert.InRange(block.Length, size == 0 ? 0 : 1, LargeObject - 1);
            // What lies where is found by running index, too.
            Assert.True(copy.Slice(before, block.Length).FirstSpan.SequenceEqual(block.Span));
            before += block.Length;
            blocks++;
        }

        Assert.Equal(Math.Max(1, (size + Block - 1) / Block), blocks);
    }

    [Fact]
    public void A_copy_is_its_own()
    {
        byte[] bytes = Bytes(Block + 7);
        byte[] kept = [.. bytes];
        ReadOnlySequence<byte> copy = ByteBlocks.Copy(bytes);
        Array.Clear(bytes);
        Assert.True(copy.ToArray().AsSpan().SequenceEqual(kept));
    }

    [Fact]
    public void A_slice_over_a_boundary_is_found()
    {
        byte[] bytes = Bytes(3 * Block);
        ReadOnlySequence<byte> slice = ByteBlocks.Copy(bytes).Slice(Block - 2, Block + 4);
        Assert.True(slice.ToArray().AsSpan().SequenceEqual(bytes.AsSpan(Block - 2, Block + 4)));
    }

    internal static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
