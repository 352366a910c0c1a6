using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Tests.Audio;

internal static class PcmClipExtensions
{
    /// <summary>All samples; the clip is disposed.</summary>
    public static short[] ToArray(this PcmClip clip, int channels = 2)
    {
        var samples = new short[clip.Length * channels];
        clip.Read(0, samples);
        clip.Dispose();
        return samples;
    }
}
