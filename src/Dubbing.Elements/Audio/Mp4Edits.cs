using System.Buffers.Binary;

namespace Dubbing.Elements.Audio;

/// <summary>Reads which part of an MP4's audio is to be played, and takes the edit list out.</summary>
/// <remarks>An encoder's priming is left out by an edit list that begins behind it (ISO/IEC 14496-12, 8.6.6). <c>qtdemux</c> honours
/// that, but compares media time with the movie's duration and so loses up to two frames at the end: ffmpeg's files come out
/// 16 ms short. So it gets the file without edit list and without duration. A file without edit list plays from its first sample on: nothing
/// tells how much of that is priming, and fragments that come back as they were sent have none.</remarks>
internal static class Mp4Edits
{
    /// <summary>Reads the edit list of the first audio track.</summary>
    public static SoundFile Take(Memory<byte> file)
    {
        try
        {
            return Read(file);
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("a box of the MP4 ends before its fields do", failure);
        }
    }

    private static SoundFile Read(Memory<byte> file)
    {
        var data = file.Span;
        if (Mp4Boxes.Find(data, .., "moov"u8) is not { } moov || Mp4Boxes.Find(data, moov, "mvhd"u8) is not { } mvhd)
            throw new InvalidDataException("the MP4 has no complete moov box");
        foreach (var (type, trak) in Mp4Boxes.List(data, moov))
        {
            if (!data[type].SequenceEqual("trak"u8) || Mp4Boxes.Find(data, trak, "mdia"u8) is not { } mdia
                || Mp4Boxes.Find(data, mdia, "hdlr"u8) is not { } hdlr || !data[hdlr][8..12].SequenceEqual("soun"u8))
                continue;
            if (Mp4Boxes.Find(data, trak, "edts"u8) is not { } edts || Mp4Boxes.Find(data, edts, "elst"u8) is not { } elst
                || Mp4Boxes.Find(data, mdia, "mdhd"u8) is not { } mdhd)
                break;
            return Apply(file, data[elst], mvhd, mdhd, edts);
        }
        return new SoundFile(file);
    }

    private static SoundFile Apply(Memory<byte> file, ReadOnlySpan<byte> elst, Range mvhd, Range mdhd, Range edts)
    {
        var data = file.Span;
        var edits = Edits(elst);
        var (movieScale, mediaScale) = (TimeScale(data[mvhd]), TimeScale(data[mdhd]));
        var lead = edits.TakeWhile(edit => edit.MediaTime < 0).Aggregate(0ul, (sum, edit) => sum + edit.Duration);
        var played = edits.SkipWhile(edit => edit.MediaTime < 0).ToList();
        // More than one piece of the media is no encoder's doing: the demuxer's business.
        if (played.Count != 1 || movieScale == 0 || mediaScale == 0)
            return new SoundFile(file);
        var version = data[mvhd.Start.Value];
        data[mvhd].Slice(version == 0 ? 16 : 24, version == 0 ? 4 : 8).Clear();
        "free"u8.CopyTo(data[(edts.Start.Value - 4)..]);
        var (duration, mediaTime) = played[0];
        return new SoundFile(file, SoundFile.Time((ulong)mediaTime, mediaScale),
            duration == 0 ? ulong.MaxValue : SoundFile.Time(duration, movieScale), SoundFile.Time(lead, movieScale));
    }

    // Version 0 has 32-bit fields, version 1 64-bit ones; each entry ends with the rate, 4 bytes.
    private static List<(ulong Duration, long MediaTime)> Edits(ReadOnlySpan<byte> elst)
    {
        var wide = elst[0] == 1;
        var count = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(elst[4..]), (uint)elst.Length / (wide ? 20u : 12u));
        var result = new List<(ulong, long)>();
        for (var entry = elst[8..]; result.Count < count; entry = entry[(wide ? 20 : 12)..])
        {
            result.Add(wide
                ? (BinaryPrimitives.ReadUInt64BigEndian(entry), BinaryPrimitives.ReadInt64BigEndian(entry[8..]))
                : (BinaryPrimitives.ReadUInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..])));
        }
        return result;
    }

    private static uint TimeScale(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32BigEndian(header[(header[0] == 0 ? 12 : 20)..]);
}
