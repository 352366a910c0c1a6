using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Sessions;

/// <summary>A clip that is heard once, from some position on.</summary>
/// <param name="clip">The clip; whoever made it disposes it.</param>
/// <param name="start">Position of its first sample.</param>
/// <param name="holes">Where the clip stops for a while: samples of the clip before, and how many are left out, in order.</param>
internal sealed class ClipVoice(PcmClip clip, long start, IReadOnlyList<(long At, long Length)> holes) : IVoice
{
    /// <summary>The clip.</summary>
    public PcmClip Clip => clip;

    /// <inheritdoc />
    public long Extent(long position, long limit)
    {
        var at = position - start;
        foreach (var (before, length) in holes)
        {
            if (at < before)
                return Math.Clamp(Math.Min(before, clip.Length) - at, 0, limit);
            if (at < before + length)
                return at - before - length;
            at -= length;
        }
        return Math.Clamp(clip.Length - at, 0, limit);
    }

    /// <inheritdoc />
    public void Read(long position, Span<short> target)
    {
        var at = position - start;
        foreach (var (before, length) in holes)
        {
            if (at < before)
                break;
            at -= length;
        }
        clip.Read(at, target);
    }
}
