namespace Dubbing.Testing.Measure;

/// <summary>Writes tags as an FLV stream, for decoders and for clips made by editing tags.</summary>
public static class FlvWriter
{
    /// <summary>The bytes of a whole FLV file with these tags.</summary>
    public static byte[] ToBytes(IEnumerable<FlvTag> tags)
    {
        using var output = new MemoryStream();
        output.Write([(byte)'F', (byte)'L', (byte)'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
        foreach (var tag in tags)
        {
            WriteTagHeader(output, tag);
            output.Write(tag.Payload.Span);
            WriteBigEndian(output, (uint)tag.Payload.Length + 11, 4);
        }

        return output.ToArray();
    }

    private static void WriteTagHeader(MemoryStream output, FlvTag tag)
    {
        output.WriteByte((byte)tag.Type);
        WriteBigEndian(output, (uint)tag.Payload.Length, 3);
        WriteBigEndian(output, tag.Timestamp & 0xffffff, 3);
        output.WriteByte((byte)(tag.Timestamp >> 24));
        WriteBigEndian(output, 0, 3);
    }

    private static void WriteBigEndian(MemoryStream output, uint value, int bytes)
    {
        for (var shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
            output.WriteByte((byte)(value >> shift));
    }
}
