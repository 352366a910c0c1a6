using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

/// <summary>Makes faulty recordings out of good ones.</summary>
internal static class Edit
{
    public static Recording Tags(Recording source, Action<List<FlvTag>> edit)
    {
        var tags = source.Tags.ToList();
        edit(tags);
        return Recording.FromTags(tags);
    }

    /// <summary>Places in the tag list of all tags of media (not configuration) of a kind.</summary>
    public static List<int> Media(List<FlvTag> tags, FlvTagType type) =>
        [.. tags.Index().Where(t => t.Item.Type == type && t.Item.PacketType == 1).Select(t => t.Index)];

    public static void Retime(List<FlvTag> tags, int index, int byMs) =>
        tags[index] = tags[index] with { Timestamp = (uint)(tags[index].Timestamp + byMs) };

    /// <summary>As if received live: each packet so long after its timestamp, and what a test adds to it.</summary>
    public static Recording Stamped(Recording source, double delayMs, Func<FlvTag, double>? extraMs = null) =>
        Recording.FromTags(source.Tags.Select(t => t with
        {
            ArrivalNs = (long)(1e6 * (1000 + t.Timestamp + delayMs + (extraMs?.Invoke(t) ?? 0))),
        }));

    /// <summary>The clip with its sound filtered (t is the clip's own time) and encoded again, its pictures untouched.</summary>
    public static Recording Filtered(Recording source, string filter)
    {
        var path = Path.GetTempFileName();
        try
        {
            // FLV needs a file to come from: ffmpeg reads tracks by turns.
            var (_, fault) = MediaTool.Ffmpeg(
                ["-copyts", "-f", "flv", "-i", "pipe:0", "-c:v", "copy", "-af", filter, "-c:a", "aac", "-b:a", "128k", "-y", "-f", "flv", path],
                FlvWriter.ToBytes(source.Tags));
            Assert.Null(fault);
            return Recording.FromFile(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Known samples through an AAC encoder; the encoder's priming comes first.</summary>
    public static Recording Encoded(float[] samples)
    {
        var bytes = new byte[4 * samples.Length];
        Buffer.BlockCopy(samples, 0, bytes, 0, bytes.Length);
        var (flv, fault) = MediaTool.Ffmpeg(
            ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", "pipe:0", "-ac", "2", "-c:a", "aac", "-b:a", "128k", "-f", "flv", "pipe:1"], bytes);
        Assert.Null(fault);
        return Recording.FromTags(new FlvReader().Feed(flv));
    }
}
