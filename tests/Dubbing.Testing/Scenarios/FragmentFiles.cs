using System.Text;
using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Scenarios;

/// <summary>The fragment files that a run left on disk, and where their audio stands in what was published.</summary>
public static class FragmentFiles
{
    /// <summary>The original fragments of a stream's only run, in order.</summary>
    public static IReadOnlyList<string> Of(Stage stage, string id) =>
        [.. Directory.EnumerateFiles(Path.Combine(stage.SegmentFolder, id), "*_audio.m4a", SearchOption.AllDirectories).Order()];

    /// <summary>When a fragment begins in the published clip.</summary>
    /// <returns>ms on the clip's timeline.</returns>
    /// <exception cref="InvalidDataException">No packet of the clip begins the file.</exception>
    public static double StartInClip(string file, Recording clip) => clip.Audio[FirstPacket(file, clip)].Timestamp;

    /// <summary>The packet of the published clip that a fragment begins with, found by the bytes of its first AAC frame.</summary>
    /// <returns>Its index in <see cref="Recording.Audio"/>.</returns>
    /// <exception cref="InvalidDataException">No packet of the clip begins the file.</exception>
    public static int FirstPacket(string file, Recording clip)
    {
        var data = File.ReadAllBytes(file);
        var mdat = data.AsSpan().IndexOf("mdat"u8);
        var first = mdat < 0 ? -1 : clip.Audio.Index()
            .Where(packet => packet.Item.Data.Length > 16 && data.AsSpan(mdat + 4).StartsWith(packet.Item.Data.Span))
            .Select(packet => packet.Index).DefaultIfEmpty(-1).First();
        return first >= 0 ? first
            : throw new InvalidDataException($"{file}: its first frame is not in the clip ({Encoding.ASCII.GetString(data, 4, 4)})");
    }
}
