namespace Dubbing.Elements.Audio;

/// <summary>Makes an AAC-LC frame of silence (ISO/IEC 14496-3, 4.4.2): channel elements without a spectrum.</summary>
internal static class SilentAac
{
    private const int SingleChannel = 0, ChannelPair = 1, LowFrequency = 3, End = 7;

    // Gain, window and sections of one channel: all zero with no band in use.
    private const int ChannelBits = 22;

    /// <summary>A frame.</summary>
    /// <param name="channels">1 to 6, or 8; what no AAC channel configuration has becomes 2, as the stream itself would have to tell.</param>
    public static byte[] Frame(int channels)
    {
        int[] elements = channels switch
        {
            1 => [SingleChannel],
            3 => [SingleChannel, ChannelPair],
            4 => [SingleChannel, ChannelPair, SingleChannel],
            5 => [SingleChannel, ChannelPair, ChannelPair],
            6 => [SingleChannel, ChannelPair, ChannelPair, LowFrequency],
            8 => [SingleChannel, ChannelPair, ChannelPair, ChannelPair, LowFrequency],
            _ => [ChannelPair],
        };
        var bits = new List<bool>();
        foreach (var (i, element) in elements.Index())
        {
            Write(bits, element, 3);
            // Elements of a kind are told apart by their number.
            Write(bits, elements.Take(i).Count(other => other == element), 4);
            // A pair says first that its channels have no window in common.
            Write(bits, 0, element == ChannelPair ? 1 + 2 * ChannelBits : ChannelBits);
        }
        Write(bits, End, 3);
        var frame = new byte[(bits.Count + 7) / 8];
        for (var i = 0; i < bits.Count; i++)
            frame[i / 8] |= (byte)(bits[i] ? 0x80 >> i % 8 : 0);
        return frame;
    }

    private static void Write(List<bool> bits, int value, int count)
    {
        for (var bit = count - 1; bit >= 0; bit--)
            bits.Add(bit < 31 && (value >> bit & 1) != 0);
    }
}
