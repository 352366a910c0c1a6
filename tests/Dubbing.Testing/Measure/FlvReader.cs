using System.Buffers.Binary;

namespace Dubbing.Testing.Measure;

/// <summary>
/// Parses an FLV byte stream as it comes in. A truncated last tag is simply never returned. Not thread-safe.
/// </summary>
public sealed class FlvReader
{
    private const int TagHeaderSize = 11;
    private const int BackPointerSize = 4;

    private byte[] pending = new byte[1 << 16];
    private int start;
    private int end;
    private bool headerSeen;

    /// <summary>Why parsing stopped for good, or null while the stream is sound.</summary>
    public string? Fault { get; private set; }

    /// <summary>Bytes received that do not make a whole tag yet.</summary>
    public int PendingBytes => end - start;

    /// <summary>Reads all tags of a file.</summary>
    public static IReadOnlyList<FlvTag> ReadFile(string path) => new FlvReader().Feed(File.ReadAllBytes(path));

    /// <summary>Takes the next bytes and returns the tags that they complete, stamped with their arrival.</summary>
    public IReadOnlyList<FlvTag> Feed(ReadOnlySpan<byte> bytes, long arrivalNs = 0)
    {
        Append(bytes);
        var tags = new List<FlvTag>();
        if (Fault is null && (headerSeen || TryReadHeader()))
            while (TryReadTag(arrivalNs) is { } tag)
                tags.Add(tag);
        return tags;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var needed = PendingBytes + bytes.Length;
        if (end + bytes.Length > pending.Length)
        {
            var target = needed > pending.Length ? new byte[Math.Max(needed, 2 * pending.Length)] : pending;
            pending.AsSpan(start, PendingBytes).CopyTo(target);
            (pending, end, start) = (target, PendingBytes, 0);
        }

        bytes.CopyTo(pending.AsSpan(end));
        end += bytes.Length;
    }

    private bool TryReadHeader()
    {
        var data = pending.AsSpan(start, PendingBytes);
        if (data.Length < 9)
            return false;
        if (!data.StartsWith("FLV"u8))
        {
            Fault = "the stream does not begin with FLV";
            return false;
        }

        var size = BinaryPrimitives.ReadInt32BigEndian(data[5..]) + BackPointerSize;
        if (data.Length < size)
            return false;
        start += size;
        return headerSeen = true;
    }

    private FlvTag? TryReadTag(long arrivalNs)
    {
        var data = pending.AsSpan(start, PendingBytes);
        if (Fault is not null || data.Length < TagHeaderSize)
            return null;
        var type = (FlvTagType)data[0];
        if (type is not (FlvTagType.Audio or FlvTagType.Video or FlvTagType.Script))
        {
            Fault = $"unknown tag type {data[0]}";
            return null;
        }

        var size = (data[1] << 16) | (data[2] << 8) | data[3];
        if (data.Length < TagHeaderSize + size + BackPointerSize)
            return null;
        var timestamp = (uint)((data[7] << 24) | (data[4] << 16) | (data[5] << 8) | data[6]);
        start += TagHeaderSize + size + BackPointerSize;
        return new FlvTag(type, timestamp, data.Slice(TagHeaderSize, size).ToArray(), arrivalNs);
    }
}
