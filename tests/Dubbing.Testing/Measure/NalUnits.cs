namespace Dubbing.Testing.Measure;

/// <summary>Takes AVC access units apart.</summary>
public static class NalUnits
{
    /// <summary>The NAL units of length-prefixed data; stops at the first length that does not fit.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> data, int lengthSize)
    {
        while (data.Length > lengthSize)
        {
            var length = 0L;
            for (var i = 0; i < lengthSize; i++)
                length = (length << 8) | data.Span[i];
            data = data[lengthSize..];
            if (length == 0 || length > data.Length)
                yield break;
            yield return data[..(int)length];
            data = data[(int)length..];
        }
    }
}
