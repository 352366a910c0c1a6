using System.Buffers;
using System.Text.Json;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Base64 on its way out, written block by block, and on its way in, decoded by way of a pooled array.</summary>
public sealed class Base64DataTests
{
    private const int Block = 32 << 10;
    private const int Most = 10 << 20;

    // A block's length is no multiple of three: what is left over of it goes on in the next.
    public static TheoryData<int> Sizes => [1, 2, 3, 4, Block - 1, Block, Block + 1, 2 * Block, 2 * Block + 2, 3 * Block + 1, Most];

    public static TheoryData<string, string> Unusable => new()
    {
        { "\"\"", "is empty" },
        { "null", "is missing" },
        { "7", "is a number, not text" },
        { "\"CQg\"", "is no valid base64" },
        { "\"CQgH=\"", "is no valid base64" },
        { "\"C\"", "is no valid base64" },
        { "\"CQ=H\"", "is no valid base64" },
        { "\"=\"", "is no valid base64" },
        { "\"C-_H\"", "is no valid base64" },
        { "\"CQgH\\u0000\"", "is no valid base64" },
        { "\"CQ\\/\"", "is no valid base64" },
        { "\"data:audio/mp4;base64,CQgH\"", "is no valid base64" },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void What_is_written_in_blocks_is_one_base64_text(int size)
    {
        byte[] bytes = ByteBlocksTests.Bytes(size);
        using var buffer = new PooledBuffer(16);
        Write(buffer, ByteBlocks.Copy(bytes));
        using var read = JsonDocument.Parse(buffer.Written);
        Assert.True(read.RootElement.GetProperty("data_base64").GetBytesFromBase64().AsSpan().SequenceEqual(bytes));
        Assert.Equal((size + 2) / 3 * 4, read.RootElement.GetProperty("data_base64").GetString()!.Length);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 1, 0, 4)]
    [InlineData(2, 5, 1, 3)]
    [InlineData(0)]
    public void Blocks_of_any_length_are_joined_without_padding_between(params int[] lengths)
    {
        byte[] bytes = ByteBlocksTests.Bytes(lengths.Sum());
        using var buffer = new PooledBuffer(16);
        Write(buffer, Segment.Of(bytes, lengths));
        using var read = JsonDocument.Parse(buffer.Written);
        Assert.Equal(Convert.ToBase64String(bytes), read.RootElement.GetProperty("data_base64").GetString());
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void What_is_read_is_what_was_encoded(int size)
    {
        byte[] bytes = ByteBlocksTests.Bytes(size);
        var faults = new List<string>();
        ReadOnlySequence<byte>? read = Read($"\"{Convert.ToBase64String(bytes)}\"", faults);
        Assert.Empty(faults);
        Assert.True(read!.Value.ToArray().AsSpan().SequenceEqual(bytes));
        // As PHP and some JSON writers escape it.
        read = Read($"\"{Convert.ToBase64String(bytes).Replace("/", "\\/", StringComparison.Ordinal)}\"", faults);
        Assert.Empty(faults);
        Assert.True(read!.Value.ToArray().AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public void What_is_read_does_not_lie_in_the_pooled_array()
    {
        byte[] bytes = ByteBlocksTests.Bytes(300);
        string text = $"\"{Convert.ToBase64String(bytes)}\"";
        ReadOnlySequence<byte>? first = Read(text, []);
        // The next one gets the same array from the pool.
        Read($"\"{Convert.ToBase64String(new byte[300])}\"", []);
        Assert.True(first!.Value.ToArray().AsSpan().SequenceEqual(bytes));
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public void What_is_no_base64_is_one_fault(string json, string fault)
    {
        var faults = new List<string>();
        Assert.Null(Read(json, faults));
        Assert.Equal($"data_base64 {fault}", Assert.Single(faults));
    }

    [Theory]
    [InlineData(Most, true)]
    [InlineData(Most + 1, false)]
    [InlineData(Most + 2, false)]
    [InlineData(Most + 3, false)]
    [InlineData(2 * Most, false)]
    public void The_limit_holds_to_the_byte(int size, bool isRead)
    {
        var faults = new List<string>();
        Assert.Equal(isRead, Read($"\"{Convert.ToBase64String(new byte[size])}\"", faults) is not null);
        Assert.Equal(isRead ? [] : [$"data_base64 is over {Most} bytes decoded"], faults);
    }

    [Fact]
    public void A_text_cut_off_anywhere_is_read_as_far_as_it_is_whole_or_a_fault()
    {
        byte[] bytes = ByteBlocksTests.Bytes(30);
        string text = Convert.ToBase64String(bytes);
        for (int length = 1; length < text.Length; length++)
        {
            var faults = new List<string>();
            ReadOnlySequence<byte>? read = Read($"\"{text[..length]}\"", faults);
            Assert.Equal((length, length % 4 == 0), (length, read is not null));
            Assert.Equal(read is null ? 1 : 0, faults.Count);
            if (read is { } whole)
                Assert.True(whole.ToArray().AsSpan().SequenceEqual(bytes.AsSpan(0, length / 4 * 3)));
        }
    }

    [Fact]
    public void A_buffer_grows_with_what_is_written_and_keeps_it()
    {
        byte[] bytes = ByteBlocksTests.Bytes(100_000);
        using var buffer = new PooledBuffer(1);
        for (int at = 0, step = 1; at < bytes.Length; at += step, step = Math.Min(3 * step + 1, bytes.Length - at))
        {
            bytes.AsSpan(at, step).CopyTo(buffer.GetSpan(step));
            buffer.Advance(step);
        }

        Assert.True(buffer.Written.Span.SequenceEqual(bytes));
        Assert.NotEqual(0, buffer.GetMemory().Length);
    }

    [Fact]
    public void A_buffers_arrays_go_back_to_the_pool_exactly_once()
    {
        var pool = new CountingPool();
        var buffer = new PooledBuffer(10, pool);
        buffer.GetSpan(10);
        buffer.Advance(10);
        buffer.GetSpan(1000);
        buffer.Advance(1000);
        Assert.Equal((2, 1), (pool.Rented.Count, pool.Returned.Count));
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal(pool.Rented, pool.Returned);
        Assert.True(buffer.Written.IsEmpty);
    }

    private static void Write(PooledBuffer buffer, ReadOnlySequence<byte> bytes)
    {
        using var writer = new Utf8JsonWriter(buffer);
        JsonSerializer.Serialize(writer, new FragmentAudio("m4a", 48000, 2, 6000, new Base64Data(bytes)), StsJson.Default.FragmentAudio);
    }

    private static ReadOnlySequence<byte>? Read(string json, List<string> faults)
    {
        using var document = JsonDocument.Parse($$"""{"data_base64":{{json}}}""");
        return new FieldReader(document.RootElement, "", faults).Base64("data_base64", Most);
    }

    private sealed class CountingPool : ArrayPool<byte>
    {
        public List<byte[]> Rented { get; } = [];

        public List<byte[]> Returned { get; } = [];

        public override byte[] Rent(int minimumLength)
        {
            Rented.Add(new byte[minimumLength]);
            return Rented[^1];
        }

        public override void Return(byte[] array, bool clearArray = false) => Returned.Add(array);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Of(byte[] bytes, int[] lengths)
        {
            Segment first = new() { Memory = bytes.AsMemory(0, lengths[0]) };
            Segment last = first;
            foreach (int length in lengths[1..])
            {
                Segment next = new() { Memory = bytes.AsMemory((int)last.RunningIndex + last.Memory.Length, length), RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
