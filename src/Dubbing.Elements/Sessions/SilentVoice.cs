namespace Dubbing.Elements.Sessions;

/// <summary>Silence.</summary>
internal sealed class SilentVoice : IVoice
{
    /// <inheritdoc />
    public long Extent(long position, long limit) => limit;

    /// <inheritdoc />
    public void Read(long position, Span<short> target) => target.Clear();
}
