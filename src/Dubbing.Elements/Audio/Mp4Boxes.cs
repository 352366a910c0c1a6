using System.Buffers.Binary;

namespace Dubbing.Elements.Audio;

/// <summary>The boxes of an MP4 file (ISO/IEC 14496-12): size, type, content, one after the other and inside each other.</summary>
internal static class Mp4Boxes
{
    /// <summary>Looks for a box.</summary>
    /// <param name="data">A whole file, or anything around <paramref name="within"/>.</param>
    /// <param name="within">Where boxes stand one after the other.</param>
    /// <param name="type">Four letters.</param>
    /// <returns>The box's content, without size and type; null if there is none, or an earlier one is broken.</returns>
    public static Range? Find(ReadOnlySpan<byte> data, Range within, ReadOnlySpan<byte> type)
    {
        foreach (var (found, content) in List(data, within))
        {
            if (type.SequenceEqual(data[found]))
                return content;
        }
        return null;
    }

    /// <summary>All boxes, up to the first that is broken.</summary>
    /// <param name="data">A whole file, or anything around <paramref name="within"/>.</param>
    /// <param name="within">Where boxes stand one after the other.</param>
    /// <returns>Where each one's type and its content stand.</returns>
    public static IReadOnlyList<(Range Type, Range Content)> List(ReadOnlySpan<byte> data, Range within)
    {
        var result = new List<(Range, Range)>();
        var (at, left) = within.GetOffsetAndLength(data.Length);
        while (left >= 8)
        {
            long size = BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
            var header = 8;
            if (size == 1 && left >= 16)
            {
                size = BinaryPrimitives.ReadInt64BigEndian(data[(at + 8)..]);
                header = 16;
            }
            else if (size == 0)
            {
                // The file's last box may leave its size out.
                size = left;
            }
            if (size < header || size > left)
                break;
            result.Add(((at + 4)..(at + 8), (at + header)..(at + (int)size)));
            at += (int)size;
            left -= (int)size;
        }
        return result;
    }
}
