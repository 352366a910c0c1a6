using Dubbing.Elements.Audio;

namespace Dubbing.Elements.Sessions;

/// <summary>The input's own audio at some level.</summary>
/// <param name="track">The audio.</param>
/// <param name="gain">Factor, 0 to 1; 1 leaves every sample as it is.</param>
internal sealed class TrackVoice(PcmTrack track, double gain) : IVoice
{
    /// <inheritdoc />
    public long Extent(long position, long limit) => track.Extent(position, limit);

    /// <inheritdoc />
    public void Read(long position, Span<short> target)
    {
        track.Read(position, target);
        if (gain < 1)
            Pcm.Amplify(target, gain);
    }
}
